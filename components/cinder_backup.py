"""Cinder Backup: its driver and pool, in cinder.conf of each backup host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ConfigSectionsDesired
from providers.resources import ConfigSections

from .context import Context
from .edits import Edit, edit
from .options import merged
from .settings import CinderBackup as CinderBackupSettings


class CinderBackup(ComponentResource):
    """One `ConfigSections` per host, beside Cinder's own in the same file.

    edits -- host -> what cinder-backup reads
    """

    def __init__(
        self, context: Context, backup: CinderBackupSettings, *, after: Mapping[str, Sequence[Resource]]
    ) -> None:
        """Declare cinder.conf on `backup.hosts`, each after what `after` says."""
        super().__init__("ceph-openstack:openstack:CinderBackup", "cinder-backup")
        daemon = context.platform.cinder_backup
        sections = backup_sections(context, backup)
        self.edits: dict[str, Edit] = {}
        for host in backup.hosts:
            label = f"cinder-backup-config-{host}"
            config = ConfigSections(
                label,
                ConfigSectionsDesired(
                    stack=context.stack,
                    host=host,
                    fsid=context.fsid,
                    component="cinder-backup",
                    path=daemon.conf,
                    sections=sections,
                    list_items={},
                    later_files=list(daemon.later_files),
                ),
                opts=ResourceOptions(parent=self, depends_on=list(after[host])),
            )
            self.edits[host] = edit(label, config, path=daemon.conf, dialect="oslo", sections=sections)
        self.register_outputs({})


def backup_sections(context: Context, backup: CinderBackupSettings) -> dict[str, dict[str, str]]:
    """Return the options of [DEFAULT] that the stack owns; backup_driver is a class path since Stein."""
    owned = {
        "DEFAULT": {
            "backup_driver": "cinder.backup.drivers.ceph.CephBackupDriver",
            "backup_ceph_conf": context.ceph_conf,
            "backup_ceph_user": backup.user.entity.removeprefix("client."),
            "backup_ceph_pool": backup.pool.name,
            "backup_ceph_chunk_size": "134217728",  # bytes
            "backup_ceph_stripe_unit": "0",
            "backup_ceph_stripe_count": "0",
            "restore_discard_excess_bytes": "true",
        }
    }
    return merged(owned, backup.options)
