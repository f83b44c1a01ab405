"""Gnocchi: a pool for measures, the user that writes to it, and gnocchi.conf on each API host."""

from __future__ import annotations

from collections.abc import Sequence

from components.services.caps import Caps
from components.services.ceph_user import CephUser
from components.services.found import Found
from components.services.neighbours import Neighbours
from components.services.on_host import OnHost
from components.services.service import Service
from components.services.service_pool import ServicePool
from docs.examples.gnocchi.daemon import DAEMONS
from docs.examples.gnocchi.found import found_measures
from docs.examples.gnocchi.options import OPTIONS
from docs.examples.gnocchi.settings import GnocchiSettings


class Gnocchi(Service[GnocchiSettings]):
    """Measures as plain objects in a pool of their own."""

    name = "gnocchi"
    component = "Gnocchi"
    description = "Gnocchi on Ceph. Default: left alone."
    settings = GnocchiSettings
    daemons = DAEMONS
    options = OPTIONS
    option_sections = ("DEFAULT", "storage", "metricd")
    usual_pool_name = "metrics"

    def pools(self, mine: GnocchiSettings) -> Sequence[ServicePool]:
        """Return the pool of measures, which is no pool of RBD images."""
        return [ServicePool(("pool",), mine.pool, application="gnocchi")]

    def ceph_user(self, mine: GnocchiSettings, others: Neighbours) -> CephUser:
        """Return a user that writes plain objects, so without an RBD profile. Source: Gnocchi's manual."""
        pool = mine.pool.name
        return CephUser(mine.user, Caps({"mon": "allow r", "osd": f"allow rwx pool={pool}"}, (pool,)))

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return where measures are on a host, or None when they are not on Ceph."""
        return found_measures(there.file)


GNOCCHI = Gnocchi()
