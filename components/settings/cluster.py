"""The Ceph cluster."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.key_source import KeySource
from components.settings.values import ClientOptions, Path
from providers.formats.mon_host import MonHosts
from providers.formats.names import ClusterName, Entity, HostName, Uuid


class Cluster(SettingsModel):
    """The Ceph cluster. With `admin_host` the stack manages pools and users; without, it is a cell that gets `keys`."""

    fsid: Uuid = Field(description="UUID of the cluster, as `ceph fsid` prints it.")
    mon_hosts: MonHosts = Field(
        min_length=1,
        description="Monitors, one entry each, as `ceph config generate-minimal-conf` lists them.",
    )
    admin_host: HostName | None = Field(
        None,
        description="Host with librados and an admin keyring. Default none: then no pool or user is managed.",
    )
    admin_conf: Path = Field("/etc/ceph/ceph.conf", description="ceph.conf on admin_host.")
    admin_entity: Entity = Field("client.admin", description="Entity used on admin_host. Default client.admin.")
    name: ClusterName = Field(
        "ceph", description="Name of the cluster on the hosts, as in /etc/ceph/<name>.conf. Default ceph."
    )
    keys: dict[str, KeySource] = Field(
        default={}, description="For a cell: {client.X: {file: …} or {env: …}} for each user. Default: none."
    )
    client_options: ClientOptions = Field(
        default={}, description="Further [client] options of ceph.conf on every host. Default: none."
    )
