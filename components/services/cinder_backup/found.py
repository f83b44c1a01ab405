"""Where a cinder.conf keeps backups on Ceph, as `discover` finds it."""

from __future__ import annotations

from components.services.found import Found
from components.services.service_file import ServiceFile

BACKUP_DRIVER = "cinder.backup.drivers.ceph.CephBackupDriver"


def found_backups(file: ServiceFile) -> Found | None:
    """Return where backups are, or None when the driver is not that of Ceph."""
    if file.value("DEFAULT", "backup_driver") != BACKUP_DRIVER:
        return None
    pool = file.text("DEFAULT", "backup_ceph_pool", "backups")
    user = file.text("DEFAULT", "backup_ceph_user", "cinder")
    return Found(
        place=(pool, user),
        pools={("pool",): pool},
        conf=file.text("DEFAULT", "backup_ceph_conf", "/etc/ceph/ceph.conf"),
        user=user,
    )
