"""What an operator writes under `ceph-openstack:nova`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import SecretUser
from components.settings.values import ClientOptions, Line, Path
from providers.formats.names import ClusterName, HostName


class ClusterOfHosts(SettingsModel):
    """A further cluster that has servers' own disks of some hosts."""

    hosts: list[HostName] = Field(
        min_length=1, description="Hosts, out of nova.hosts, whose servers have their own disks there."
    )
    pool: Pool = Field(description="Pool for the disks.")


class NovaSettings(ServiceSettings):
    """nova-compute, and the pool for servers' own disks.

    The base class adds `hosts`, on which nova-compute runs, and `options`, further options of nova.conf.
    """

    pool: Pool | None = Field(
        None,
        description="Pool for servers' own disks. Leave it out only when all hosts are in attach_only or in clusters.",
    )
    clusters: dict[ClusterName, ClusterOfHosts] = Field(
        default={},
        description="Further clusters, by their names in clusters of the stack, for servers' own disks of some hosts. "
        "Servers do not move between hosts of different clusters. Default: none.",
    )
    attach_only: list[HostName] = Field(
        default=[],
        description="Hosts, out of nova.hosts, whose servers keep their own disks local. Such a host attaches volumes "
        "from RBD, and images_type is not set there. Default: none.",
    )
    local_disks: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="Whether to refuse a host that gets images_type rbd while servers there have local disks, because "
        "such a server does not start after a hard reboot: refuse, or ignore. Default refuse.",
    )
    user: SecretUser | None = Field(None, description="Nova's own cephx user. Default: Nova shares Cinder's.")
    former_user: SecretUser | None = Field(
        None,
        description="The user of its own that Nova had, as nova.user said it: kept with caps, keyrings and secrets "
        "until the guests that run as this user were hard-rebooted, while Nova shares Cinder's again. Default: none.",
    )
    disk_cachemodes: Line = Field(
        "network=writeback", description="[libvirt] disk_cachemodes of nova.conf. Default network=writeback."
    )
    hw_disk_discard: Literal["unmap", "ignore"] = Field(
        "unmap",
        description="[libvirt] hw_disk_discard of nova.conf: with unmap the pool gets back blocks that a guest "
        "discards. Default unmap.",
    )
    direct_snapshots: bool = Field(
        False,
        description="Let Nova write snapshots into Glance's pool instead of uploading them, for which Glance also gets "
        "show_multiple_locations. Default false.",
    )
    client_options: ClientOptions = Field(
        default={},
        description="[client] options of ceph.conf on computes. For `admin socket` and `log file` the folder is made, "
        "and qemu's user may write to it. A folder of /run, such as /run/ceph-guests, is made again at each boot "
        "(/etc/tmpfiles.d/ceph-guests.conf). Default: none.",
    )
    apparmor_file: Path | None = Field(
        None,
        description="File of AppArmor into which rules are written that let guests write their admin sockets and logs: "
        "/etc/apparmor.d/local/abstractions/libvirt-qemu, or from libvirt 9.6 on "
        "/etc/apparmor.d/abstractions/libvirt-qemu.d/ceph. A guest has the rules from its next start. Default: none.",
    )

    @property
    def own_user(self) -> SecretUser | None:
        """The user that is Nova's own, whether Nova works as it or only running guests do."""
        return self.user or self.former_user

    @property
    def hosts_elsewhere(self) -> list[str]:
        """The hosts whose servers have their disks on one of `clusters`."""
        return [host for further in self.clusters.values() for host in further.hosts]

    @property
    def rbd_hosts(self) -> list[str]:
        """The hosts whose servers have their disks in the pool."""
        return [host for host in self.hosts if host not in self.attach_only]
