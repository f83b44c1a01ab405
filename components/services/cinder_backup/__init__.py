"""Cinder Backup: its driver and pool, in cinder.conf of each backup host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.cinder_backup.daemon import DAEMONS
from components.services.cinder_backup.links import backup_links
from components.services.cinder_backup.options import OPTIONS
from components.services.cinder_backup.settings import CinderBackupSettings
from components.services.neighbours import Neighbours
from components.services.notice import Notice
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.user import User


class CinderBackup(Service[CinderBackupSettings]):
    """The driver's options, beside those of cinder-volume in the same file."""

    name = "cinder_backup"
    token = "CinderBackup"
    description = "Cinder Backup to Ceph. Default: left alone."
    settings = CinderBackupSettings
    daemons = DAEMONS
    options = OPTIONS
    usual_pool = "backups"

    def pools(self, mine: CinderBackupSettings) -> Sequence[ServicePool]:
        """Return the pool of backups."""
        return [ServicePool(("pool",), mine.pool)]

    def ceph_user(self, mine: CinderBackupSettings, others: Neighbours) -> CephUser:
        """Return a user that writes backups.

        Cinder's documentation lets it read volumes, Ceph's does not, and the driver opens a volume with the volume's
        own user. Off unless asked for.
        """
        return CephUser(mine.user, rbd_caps([mine.pool.name], others.volume_pools if mine.read_volumes else ()))

    def keyrings_read(self, mine: CinderBackupSettings, others: Neighbours) -> Sequence[User]:
        """Return its own user and that of volumes, as whom it opens volumes: os-brick insists on that keyring."""
        return [mine.user, *([others.volume_user] if others.volume_user else [])]

    def notices(self, mine: CinderBackupSettings | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield what becomes of earlier backups."""
        if mine and mine.hosts:
            yield Notice(
                "warning",
                self.name,
                "backups that another backup_driver made can be neither restored nor deleted while Ceph's is set "
                "(docs/running-cloud.md)",
            )

    def links(self, mine: CinderBackupSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield its services, as Cinder sees them."""
        return backup_links()


CINDER_BACKUP = CinderBackup()
