"""FoundBackup: where a cinder.conf keeps backups on Ceph."""

from __future__ import annotations

from dataclasses import dataclass

from commands.discover.service_file import ServiceFile

BACKUP_DRIVER = "cinder.backup.drivers.ceph.CephBackupDriver"


@dataclass(frozen=True)
class FoundBackup:
    """Where backups are.

    Attributes:
        pool: The pool's name.
        user: The user's name without `client.`.
        conf: Path of ceph.conf.
    """

    pool: str
    user: str
    conf: str

    @property
    def place(self) -> tuple[str, str]:
        """What has to be the same on all hosts of the service, because the settings say it once."""
        return self.pool, self.user


def found_backup(file: ServiceFile) -> FoundBackup | None:
    """Return where backups are, or None when the driver is not that of Ceph."""
    if file.value("DEFAULT", "backup_driver") != BACKUP_DRIVER:
        return None
    return FoundBackup(
        pool=file.text("DEFAULT", "backup_ceph_pool", "backups"),
        user=file.text("DEFAULT", "backup_ceph_user", "cinder"),
        conf=file.text("DEFAULT", "backup_ceph_conf", "/etc/ceph/ceph.conf"),
    )
