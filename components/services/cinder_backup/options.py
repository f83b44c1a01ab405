"""The options of cinder.conf that belong to cinder-backup, one row each.

A row with `value` is written. `cinder_backup.options` may not set the option, because `setting` does; with
`override="always"` the value is only our default, and `cinder_backup.options` wins. In `value`, `at` is the place that
the option is written to, with the settings of Cinder Backup in `at.mine` and the cluster in `at.site`. A row without a
value is never written, and only says which releases read the option: `since` is the first.

cinder-volume reads the same file. Options that no release reads any more are rows of Cinder's options.py, and those
rows hold for `cinder_backup.options`, too.
"""

from __future__ import annotations

from components.services.cinder_backup.settings import CinderBackupSettings
from components.services.option import Option, always

OPTIONS: tuple[Option[CinderBackupSettings], ...] = (
    Option(
        "DEFAULT",
        "backup_driver",
        setting="cinder_backup",
        # Queens takes the path of the class, too, and since Stein nothing else is taken.
        value=lambda at: "cinder.backup.drivers.ceph" + ("" if at.site.is_before("queens") else ".CephBackupDriver"),
    ),
    Option("DEFAULT", "backup_ceph_conf", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option("DEFAULT", "backup_ceph_user", setting="cinder_backup.user.name", value=lambda at: at.mine.user.login),
    Option("DEFAULT", "backup_ceph_pool", setting="cinder_backup.pool.name", value=lambda at: at.mine.pool.name),
    Option("DEFAULT", "backup_ceph_chunk_size", value=always("134217728"), override="always"),  # bytes
    Option("DEFAULT", "backup_ceph_stripe_unit", value=always("0"), override="always"),  # bytes
    Option("DEFAULT", "backup_ceph_stripe_count", value=always("0"), override="always"),
    Option("DEFAULT", "restore_discard_excess_bytes", value=always("true"), override="always"),
    Option("DEFAULT", "backup_ceph_image_journals", since="pike"),
    Option("DEFAULT", "backup_ceph_max_snapshots", since="2024.1"),
)
