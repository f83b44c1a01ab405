"""Cinder Backup: its driver and pool, in cinder.conf of each backup host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.cinder_backup.daemon import DAEMONS
from components.services.cinder_backup.found import found_backups
from components.services.cinder_backup.harmful import HARMFUL
from components.services.cinder_backup.links import backup_links
from components.services.cinder_backup.options import OPTIONS
from components.services.cinder_backup.settings import CinderBackupSettings
from components.services.found import Found
from components.services.neighbours import Neighbours
from components.services.notice import Notice
from components.services.on_host import OnHost
from components.services.part import Part
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.problem import Where
from components.settings.user import User

EARLIER = "cinder-backup-earlier"


class CinderBackup(Service[CinderBackupSettings]):
    """The options of the Ceph driver are in the file that also has the options of cinder-volume.

    In each method `mine` are the settings of Cinder Backup, and `others` is what the other services let it know.
    """

    name = "cinder_backup"
    component = "CinderBackup"
    description = "Cinder Backup to Ceph. Default: left alone."
    settings = CinderBackupSettings
    notice_names = (EARLIER,)
    daemons = DAEMONS
    options = OPTIONS
    declared_in = "cinder.conf"
    harmful = HARMFUL
    usual_pool_name = "backups"

    def pools(self, mine: CinderBackupSettings) -> Sequence[ServicePool]:
        """Return the pool of backups."""
        return [ServicePool(where=("pool",), pool=mine.pool)]

    def clusters(self, mine: CinderBackupSettings) -> Mapping[Where, str]:
        """Return the cluster of the backups."""
        return {("cluster",): mine.cluster} if mine.cluster else {}

    def in_cluster(self, mine: CinderBackupSettings, cluster: str) -> Part[CinderBackupSettings]:
        """Return the backups for their own cluster; volumes are read on each cluster that has any."""
        if (mine.cluster or "") == cluster:
            return Part(mine)
        return Part(mine, has_data=False, conf_hosts=())

    def ceph_user(self, mine: CinderBackupSettings, others: Neighbours) -> CephUser:
        """Return a user that writes backups.

        By default the user may not read volumes, because the driver opens a volume as Cinder's user. Ceph's
        documentation agrees. Cinder's documentation lets the user read volumes, and so does `read_volumes`.
        """
        volumes = others.volume_pools if mine.read_volumes else ()
        breaks = {mine.pool.name: "no backup can be written or restored"}
        breaks |= dict.fromkeys(volumes, "the user cannot look at volumes, which Cinder's own user opens all the same")
        return CephUser(mine.user, rbd_caps(write=[mine.pool.name], read=volumes), breaks=breaks)

    def keyrings_read(self, mine: CinderBackupSettings, others: Neighbours) -> Sequence[User]:
        """Return the users whose keyrings cinder-backup reads.

        It writes backups as its own user. It opens volumes as Cinder's user, and os-brick fails without that keyring.
        """
        return [mine.user, *([others.volume_user] if others.volume_user else [])]

    def notices(self, mine: CinderBackupSettings | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield a warning about the backups that an earlier driver made."""
        if mine and mine.hosts:
            yield Notice(
                "warning",
                EARLIER,
                self.name,
                "backups that another backup_driver made can be neither restored nor deleted while Ceph's is set "
                "(docs/running-cloud.md)",
            )

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return where backups are, or None when they are not on Ceph."""
        return found_backups(there.file)

    def links(self, mine: CinderBackupSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield the check of `verify` that asks Cinder's API about the backup services."""
        return backup_links()


CINDER_BACKUP = CinderBackup()
