"""Values in cinder.conf with which cinder-backup does not start."""

from __future__ import annotations

from components.services.harmful import Harmful

HARMFUL = (
    Harmful(
        "DEFAULT",
        "backup_driver",
        lambda value: value.strip() in ("cinder.backup.drivers.ceph", "cinder.backup.services.ceph"),
        why="since Stein the option names a class, and cinder-backup does not start with a module",
        since="stein",
        instead="let cinder_backup write it (cinder.backup.drivers.ceph.CephBackupDriver)",
        source="cinder upgrade check backup_driver (cinder-status-check-backup_driver-fe009985df2bc32f)",
    ),
)
