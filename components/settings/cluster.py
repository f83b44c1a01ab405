"""The Ceph cluster."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from components.settings.base import SettingsModel
from components.settings.ceph_releases import CephRelease
from components.settings.crush_rule import CrushRule
from components.settings.erasure_code_profile import ErasureCodeProfile
from components.settings.key_source import KeySource
from components.settings.option_line import OptionLine
from components.settings.values import ClientOptions, Path
from providers.formats.mon_host import MonHosts
from providers.formats.names import ClusterName, CrushName, Entity, HostName, SelinuxType, Uuid


class Cluster(SettingsModel):
    """The Ceph cluster.

    With `admin_host` the stack manages pools and users. Without it the stack is a cell, which is given the keys.
    """

    model_config = ConfigDict(
        json_schema_extra={"if": {"required": ["admin_host"]}, "then": {"properties": {"keys": {"maxProperties": 0}}}}
    )

    fsid: Uuid = Field(description="UUID of the cluster, as `ceph fsid` prints it.")
    mon_hosts: MonHosts = Field(
        min_length=1,
        description="Monitors, an entry for each, as `ceph config generate-minimal-conf` lists them.",
    )
    admin_host: HostName | None = Field(
        None,
        description="Host with librados and an admin keyring, through which pools and users are managed. Default: "
        "none, "
        "so that the stack is a cell: it manages no pool and no user, and needs keys.",
    )
    admin_conf: Path = Field(
        "/etc/ceph/ceph.conf", description="Path of ceph.conf on admin_host. Default /etc/ceph/ceph.conf."
    )
    admin_entity: Entity = Field(
        "client.admin", description="Entity to connect as on admin_host. Default client.admin."
    )
    name: ClusterName = Field(
        "ceph", description="Name of the cluster on the hosts, as in /etc/ceph/<name>.conf. Default ceph."
    )
    release: CephRelease | None = Field(
        None,
        description="Ceph release of the cluster, for the form of users' caps: raw before luminous, profiles from it, "
        "with the manager from nautilus on. For reading in a preview: a run refuses a cluster older than nautilus. "
        "Default: nautilus or later.",
    )
    keys: dict[str, KeySource] = Field(
        default={},
        description="Where each user's key comes from in a cell: {client.X: {file: …}} or {client.X: {env: …}}. "
        "Default: none.",
    )
    crush_rules: dict[CrushName, CrushRule] = Field(
        default={},
        description="CRUSH rules that the stack makes, by name, for crush_rule of pools: {ssd: {device_class: ssd}}. "
        "Default: none.",
    )
    erasure_code_profiles: dict[CrushName, ErasureCodeProfile] = Field(
        default={},
        description="Erasure code profiles that the stack makes, by name, for data pools: {ec42: {k: 4, m: 2}}. "
        "Default: none.",
    )
    key_type: Literal["aes", "aes256k"] | None = Field(
        None,
        description="Type of the keys of users that are made from now on: aes for hosts whose librados is older than "
        "19.2.6 and 20.2.4, or aes256k. The monitors are let allow that type, and make it (docs/key-types.md). A key "
        "that exists stays; raise generation of a user for another one. Default: the type that the cluster prefers.",
    )
    client_options: ClientOptions = Field(
        default={}, description="Further [client] options of ceph.conf on every host. Default: none."
    )
    selinux_type: SelinuxType | None = Field(
        None,
        description="SELinux type of ceph.conf and keyrings on hosts with SELinux, such as etc_t: by a rule of "
        "semanage where the host has semanage and its policy has another type, else by chcon. Hosts without SELinux "
        "are left alone. Default: the type that the host's policy has for the path.",
    )
    unmanaged_options: list[OptionLine] = Field(
        default=[],
        description="Options of ceph.conf that the program would write, and that stay as they are found, such as "
        '["[global] mon_host", "[client.glance] keyring"]. Default: none.',
    )
