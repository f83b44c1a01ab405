"""Nova: libvirt secrets and the [libvirt] options of each compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ConfigSectionsDesired, SecretDesired
from providers.resources import ConfigSections, LibvirtSecret

from .cluster import suffix
from .context import Context
from .edits import Edit, edit
from .options import merged
from .secret_identity import secret_usage, user_secret_uuid
from .settings import Nova as NovaSettings
from .settings import SecretUser


class Nova(ComponentResource):
    """Per compute: a secret for each user that guests connect as, then one `ConfigSections`.

    edits -- host -> what nova-compute reads
    """

    def __init__(
        self,
        context: Context,
        nova: NovaSettings,
        *,
        user: SecretUser,
        secret_users: Mapping[str, SecretUser],
        users: Mapping[str, Resource],
        after: Mapping[str, Sequence[Resource]],
    ) -> None:
        """Declare the secrets and nova.conf on `nova.hosts`, each after what `after` says.

        user         -- who Nova works as
        secret_users -- role -> user whose key a guest may need: Nova's, and Cinder's for attached volumes
        users        -- entity -> the resource that makes it; empty in a cell
        """
        super().__init__("ceph-openstack:openstack:Nova", "nova")
        compute = context.platform.nova_compute
        attaching = secret_users.get("cinder", user)
        self.edits: dict[str, Edit] = {}
        self.resources: dict[str, list[Resource]] = {}
        places = secret_places(context, nova, secret_users)
        for host in nova.hosts:
            secrets: list[Resource] = []
            for _, role, one, generation, uuid in [place for place in places if place.host == host]:
                entity = one.entity_of(generation)
                secret = LibvirtSecret(
                    f"{role}-secret{suffix(generation)}-{host}",
                    SecretDesired(
                        stack=context.stack,
                        host=host,
                        fsid=context.fsid,
                        entity=entity,
                        uuid=uuid,
                        usage=secret_usage(context.fsid, entity),
                        adopt=one.adopt and generation == 1,
                    ),
                    opts=ResourceOptions(
                        parent=self, depends_on=[*after[host], *([users[entity]] if entity in users else [])]
                    ),
                )
                secrets.append(secret)
            attach_only = host in nova.attach_only
            sections = attach_sections(context, nova, attaching) if attach_only else nova_sections(context, nova, user)
            label = f"nova-config-{host}"
            config = ConfigSections(
                label,
                ConfigSectionsDesired(
                    stack=context.stack,
                    host=host,
                    fsid=context.fsid,
                    component="nova",
                    path=compute.conf,
                    sections=sections,
                    list_items={},
                    later_files=list(compute.later_files),
                ),
                opts=ResourceOptions(parent=self, depends_on=[*after[host], *secrets]),
            )
            self.resources[host] = [*secrets, config]
            self.edits[host] = edit(label, config, path=compute.conf, dialect="oslo", sections=sections)
        self.register_outputs({})


class SecretPlace(NamedTuple):
    """A secret on a compute: the key of a generation of a role's user."""

    host: str
    role: str
    user: SecretUser
    generation: int
    uuid: str


def secret_places(context: Context, nova: NovaSettings, users: Mapping[str, SecretUser]) -> list[SecretPlace]:
    """Return every secret of the stack; `users` are those that guests connect as, by role."""
    return [
        SecretPlace(host, role, user, generation, user_secret_uuid(context.fsid, user, generation))
        for host in nova.hosts
        for role, user in users.items()
        for generation in user.generations
    ]


def nova_sections(context: Context, nova: NovaSettings, user: SecretUser) -> dict[str, dict[str, str]]:
    """Return the sections of nova.conf that the stack owns options in."""
    assert nova.pool  # noqa: S101 - checked with the settings
    libvirt = {
        "images_type": "rbd",
        "images_rbd_pool": nova.pool.name,
        "images_rbd_ceph_conf": context.ceph_conf,
        **_connection(context, user),
        "disk_cachemodes": nova.disk_cachemodes,
        "hw_disk_discard": nova.hw_disk_discard,
    }
    return merged({"libvirt": libvirt}, nova.options)


def attach_sections(context: Context, nova: NovaSettings, user: SecretUser) -> dict[str, dict[str, str]]:
    """Return those sections where servers keep their own disks local: hw_disk_discard would be about these disks."""
    return merged(
        {"libvirt": {**_connection(context, user), "disk_cachemodes": nova.disk_cachemodes}},
        nova.options,
    )


def _connection(context: Context, user: SecretUser) -> dict[str, str]:
    return {
        "rbd_user": user.entity.removeprefix("client."),
        "rbd_secret_uuid": user_secret_uuid(context.fsid, user, user.generation),
    }
