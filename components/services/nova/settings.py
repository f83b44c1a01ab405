"""What stands under `ceph-openstack:nova`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import SecretUser
from components.settings.values import ClientOptions, Line
from providers.formats.names import HostName


class NovaSettings(ServiceSettings):
    """nova-compute and the pool for guests' own disks."""

    pool: Pool | None = Field(
        None, description="Pool for servers' own disks. Left out only when all hosts are in attach_only."
    )
    attach_only: list[HostName] = Field(
        default=[],
        description="Those of hosts whose servers keep their own disks local: they attach volumes from RBD, and "
        "images_type is not set. Default: none.",
    )
    local_disks: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="What to do about servers with local disks on a host that gets images_type rbd, which would not "
        "start again after a hard reboot: refuse, or ignore. Default refuse.",
    )
    user: SecretUser | None = Field(None, description="A cephx user of its own. Default: it shares Cinder's.")
    disk_cachemodes: Line = Field(
        "network=writeback", description="[libvirt] disk_cachemodes. Default network=writeback."
    )
    hw_disk_discard: Literal["unmap", "ignore"] = Field(
        "unmap", description="[libvirt] hw_disk_discard: unmap gives freed blocks back. Default unmap."
    )
    direct_snapshots: bool = Field(
        False,
        description="Let Nova write snapshots into Glance's pool instead of uploading them; sets Glance's "
        "show_multiple_locations. Default false.",
    )
    client_options: ClientOptions = Field(
        default={},
        description="[client] options on computes; the last folder of `admin socket` and `log file` is made, for "
        "qemu's user, and must not be below /run. Default: none.",
    )

    @property
    def rbd_hosts(self) -> list[str]:
        """The hosts whose servers have their disks in the pool."""
        return [host for host in self.hosts if host not in self.attach_only]
