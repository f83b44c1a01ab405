"""StackSettings: what an operator writes in `Pulumi.<stack>.yaml`, one to one, typed and complete.

Everything a plan needs is in here, so that a preview knows every value. Each service adds its own setting to the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, cast

from pydantic import Field, create_model, field_validator
from pydantic.fields import FieldInfo

from components.services.at import S
from components.services.service import AnyService, Service
from components.settings.base import SettingsModel
from components.settings.cluster import Cluster
from components.settings.host import Host
from components.settings.openstack import OpenStack
from components.settings.packages import Packages
from components.settings.remote_command import RemoteCommand
from components.settings.service import ServiceSettings
from components.settings.ssh import Ssh
from components.settings.values import Line, Release
from providers.formats.names import ClusterName, HostName

_LAST = ("openstack", "packages", "commands", "acknowledge")
"""Settings that an operator reads after those of the services."""


class StackSettings(SettingsModel):
    """A stack: its cluster, its hosts, and the services that are wired to it. What is left out is left alone."""

    release: Release = Field(
        description="OpenStack release, from havana to 2026.2, which decides what is written and in which form; the "
        "code name of a year is accepted, too, such as caracal for 2024.1."
    )
    platform: Literal["debian", "ubuntu", "rhel"] = Field(
        "debian", description="Operating system of the hosts: debian, ubuntu or rhel. Default debian."
    )
    ssh: Ssh = Field(description="How hosts are reached.")
    hosts: dict[HostName, Host] = Field(
        min_length=1, description="Hosts by name. The names become part of resource names."
    )
    cluster: Cluster = Field(description="The Ceph cluster.")
    clusters: dict[ClusterName, Cluster] = Field(
        default={},
        description="Further Ceph clusters by name, on which back ends, stores, backups or servers' disks are: each "
        "with the settings of `cluster`, and `name`, which is the name here unless it says another. Take a cluster out "
        "of use in one run, and out of here in a later one. Default: none.",
    )
    adopt: bool = Field(
        False,
        description="Take over everything that exists: pools, users, keyrings, secrets, volume types, ceph.conf, the "
        "services' options, folders and the running services. The first run records what is there, and changes "
        "nothing of it; the next preview shows what the settings still want to change. A deletion leaves what was "
        "taken over as the first run found it. pool.adopt and user.adopt say otherwise for one thing. Default false.",
    )
    visible_copies: bool = Field(
        False,
        description="Keep a copy beside each file of options as it was before any stack, such as "
        "/etc/cinder/cinder.conf.0, with the file's owner and mode, until a destroy. Keyrings are not copied. Default "
        "false.",
    )
    openstack: OpenStack | None = Field(
        None,
        description="Volume types, and properties of images, which are set by OpenStack's API. Default: left alone.",
    )
    packages: Packages | None = Field(None, description="Client packages on the hosts. Default: left alone.")
    commands: dict[HostName, RemoteCommand] = Field(
        default={},
        description="Commands of your own by name, each of which runs once on the hosts of a service, before or after "
        "it. The names become part of resource names. Default: none.",
    )
    acknowledge: list[Line] = Field(
        default=[],
        description="Names of notices that are no longer printed. A notice prints its name: `(acknowledge: NAME)`. "
        "Default: none.",
    )

    @field_validator("clusters")
    @classmethod
    def _named(cls, clusters: dict[str, Cluster]) -> dict[str, Cluster]:
        """Return the clusters, each with its name on the hosts."""
        return {
            name: cluster if "name" in cluster.model_fields_set else cluster.model_copy(update={"name": name})
            for name, cluster in clusters.items()
        }

    @property
    def cell(self) -> bool:
        """Whether the stack has no way into the cluster: it then manages neither pools nor users."""
        return self.cluster.admin_host is None

    @property
    def services(self) -> dict[str, ServiceSettings]:
        """The services in the stack, by the name of their setting."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if isinstance(value, ServiceSettings)}

    def of(self, service: Service[S]) -> S | None:
        """Return the settings of a service; None when it is not in the stack."""
        return cast(S | None, getattr(self, service.name, None))


@cache
def settings_model(services: tuple[AnyService, ...]) -> type[StackSettings]:
    """Return the model of a stack's settings, with a setting for each of `services`."""
    added: dict[str, Any] = {
        service.name: (service.settings | None, Field(None, description=service.description)) for service in services
    }
    return create_model("StackSettings", __base__=StackSettings, __doc__=StackSettings.__doc__, **added)


def settings_in_order(services: Sequence[AnyService]) -> dict[str, FieldInfo]:
    """Return every setting in an operator's order: where things are, the services, what is kept in OpenStack."""
    known = settings_model(tuple(services)).model_fields
    own = [name for name in StackSettings.model_fields if name not in _LAST]
    return {name: known[name] for name in (*own, *(service.name for service in services), *_LAST)}
