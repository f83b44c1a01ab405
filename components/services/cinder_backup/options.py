"""The options of cinder.conf that belong to cinder-backup, one row each.

The file is another daemon's, too: what no release reads there any more stands in the rows of that daemon's service, and
is refused here as well, because the two share the file.
"""

from __future__ import annotations

from components.services.cinder_backup.settings import CinderBackupSettings
from components.services.option import Option, always

OPTIONS: tuple[Option[CinderBackupSettings], ...] = (
    # A class path since Stein.
    Option(
        "DEFAULT",
        "backup_driver",
        setting="cinder_backup",
        value=always("cinder.backup.drivers.ceph.CephBackupDriver"),
    ),
    Option("DEFAULT", "backup_ceph_conf", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option("DEFAULT", "backup_ceph_user", setting="cinder_backup.user.name", value=lambda at: at.mine.user.login),
    Option("DEFAULT", "backup_ceph_pool", setting="cinder_backup.pool.name", value=lambda at: at.mine.pool.name),
    Option("DEFAULT", "backup_ceph_chunk_size", value=always("134217728"), override="always"),  # bytes
    Option("DEFAULT", "backup_ceph_stripe_unit", value=always("0"), override="always"),
    Option("DEFAULT", "backup_ceph_stripe_count", value=always("0"), override="always"),
    Option("DEFAULT", "restore_discard_excess_bytes", value=always("true"), override="always"),
    Option("DEFAULT", "backup_ceph_max_snapshots", since="2025.1", source="cinder release notes, 2025.1"),
)
