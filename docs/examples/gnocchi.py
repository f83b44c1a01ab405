"""Gnocchi: a pool for metrics, the user that writes to it, and gnocchi.conf on each API host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi import ComponentResource, Resource, ResourceOptions
from pydantic import Field

from components.context import Context
from components.edits import Edit, edit
from components.settings import Pool, Service, User
from providers.models import ConfigSectionsDesired
from providers.resources import ConfigSections


class GnocchiSettings(Service):
    """gnocchi-api and its pool, `gnocchi` in Pulumi.<stack>.yaml."""

    pool: Pool = Field(description="Pool for measures.")
    user: User = Field(User(name="gnocchi"), description="Its cephx user. Default {name: gnocchi}.")


def gnocchi_caps(metrics: str) -> dict[str, str]:
    """Return the caps of Gnocchi's user, which writes plain objects: no RBD profile. Source: Gnocchi's manual."""
    return {"mon": "allow r", "osd": f"allow rwx pool={metrics}"}


class Gnocchi(ComponentResource):
    """One `ConfigSections` per host; edits -- host -> what gnocchi-api reads."""

    def __init__(self, context: Context, gnocchi: GnocchiSettings, *, after: Mapping[str, Sequence[Resource]]) -> None:
        """Declare gnocchi.conf on `gnocchi.hosts`, each after what `after` says."""
        super().__init__("ceph-openstack:openstack:Gnocchi", "gnocchi")
        path = "/etc/gnocchi/gnocchi.conf"
        user = gnocchi.user.entity.removeprefix("client.")
        sections = {"storage": {"driver": "ceph", "ceph_pool": gnocchi.pool.name, "ceph_username": user}}
        self.edits: dict[str, Edit] = {}
        for host in gnocchi.hosts:
            label = f"gnocchi-config-{host}"
            config = ConfigSections(
                label,
                ConfigSectionsDesired(
                    stack=context.stack,
                    host=host,
                    fsid=context.fsid,
                    component="gnocchi",
                    path=path,
                    sections=sections,
                ),
                opts=ResourceOptions(parent=self, depends_on=list(after[host])),
            )
            self.edits[host] = edit(label, config, path=path, dialect="oslo", sections=sections)
        self.register_outputs({})
