"""The services that this program wires: `SERVICES` is the only list of them."""

from components.services.cinder import CINDER
from components.services.cinder_backup import CINDER_BACKUP
from components.services.glance import GLANCE
from components.services.nova import NOVA
from components.services.service import AnyService

SERVICES: tuple[AnyService, ...] = (GLANCE, CINDER, CINDER_BACKUP, NOVA)
