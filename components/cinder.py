"""Cinder: back ends on RBD beside the back ends that are there, in cinder.conf of each volume host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ConfigSectionsDesired
from providers.resources import ConfigSections

from .context import Context
from .edits import Edit, edit
from .options import merged
from .secret_identity import user_secret_uuid
from .settings import Cinder as CinderSettings


class Cinder(ComponentResource):
    """One `ConfigSections` per host with every back end: one that is taken out goes before the restart.

    edits -- host -> what cinder-volume reads
    """

    def __init__(self, context: Context, cinder: CinderSettings, *, after: Mapping[str, Sequence[Resource]]) -> None:
        """Declare cinder.conf on `cinder.hosts`, each after what `after` says."""
        super().__init__("ceph-openstack:openstack:Cinder", "cinder")
        volume = context.platform.cinder_volume
        sections = cinder_sections(context, cinder)
        list_items = {"DEFAULT": {"enabled_backends": list(cinder.all_backends)}}
        self.edits: dict[str, Edit] = {}
        for host in cinder.hosts:
            label = f"cinder-config-{host}"
            config = ConfigSections(
                label,
                ConfigSectionsDesired(
                    stack=context.stack,
                    host=host,
                    fsid=context.fsid,
                    component="cinder",
                    path=volume.conf,
                    sections=sections,
                    list_items=list_items,
                    later_files=list(volume.later_files),
                ),
                opts=ResourceOptions(parent=self, depends_on=list(after[host])),
            )
            self.edits[host] = edit(
                label, config, path=volume.conf, dialect="oslo", sections=sections, list_items=list_items
            )
        self.register_outputs({})


def cinder_sections(context: Context, cinder: CinderSettings) -> dict[str, dict[str, str]]:
    """Return the sections of cinder.conf that the stack owns options in, one per back end.

    rbd_secret_uuid is always written: from 2023.1 silence means the fsid, and no compute has such a secret.
    """
    owned = {
        name: {
            "volume_driver": "cinder.volume.drivers.rbd.RBDDriver",
            "volume_backend_name": backend.volume_backend_name or name,
            "rbd_pool": backend.pool.name,
            "rbd_user": cinder.user.entity.removeprefix("client."),
            "rbd_secret_uuid": user_secret_uuid(context.fsid, cinder.user, cinder.user.generation),
            "rbd_ceph_conf": context.ceph_conf,
            "rbd_cluster_name": context.settings.cluster.name,
            "rbd_flatten_volume_from_snapshot": "false",
            "rbd_max_clone_depth": "5",
            "rbd_store_chunk_size": "4",  # MiB
            "rados_connect_timeout": "-1",  # seconds; -1 leaves it to librados
            "report_discard_supported": "true",
        }
        for name, backend in cinder.all_backends.items()
    }
    return merged(owned, cinder.options)
