"""What every component of a stack is given."""

from __future__ import annotations

from dataclasses import dataclass

from providers.models import CloudName

from .openstack_settings import OpenStack
from .platforms import PLATFORMS, Platform
from .settings import StackSettings


@dataclass(frozen=True)
class Context:
    """A stack's name and settings, with what follows from them.

    stack -- name of the Pulumi stack: the journals on hosts and in the cluster are kept under it
    """

    stack: str
    settings: StackSettings

    @property
    def fsid(self) -> str:
        """UUID of the cluster."""
        return self.settings.cluster.fsid

    @property
    def platform(self) -> Platform:
        """The operating system of the hosts."""
        return PLATFORMS[self.settings.platform]

    @property
    def ceph_conf(self) -> str:
        """Path of the cluster's ceph.conf on every host."""
        return f"/etc/ceph/{self.settings.cluster.name}.conf"

    @property
    def cloud(self) -> CloudName | None:
        """Which OpenStack, as resources name it: never how to log in."""
        return self.cloud_of(self.settings.openstack) if self.settings.openstack else None

    @staticmethod
    def cloud_of(openstack: OpenStack) -> CloudName:
        """Return which OpenStack these settings name."""
        given = {
            "name": openstack.cloud,
            "file": openstack.clouds_file,
            "region": openstack.region,
            "interface": openstack.interface,
        }
        return CloudName.model_validate({name: value for name, value in given.items() if value is not None})

    def keyring(self, entity: str) -> str:
        """Return the path at which librados looks for an entity's keyring by itself.

        os-brick reads no other: it ignores the `keyring` line of ceph.conf.
        """
        return f"/etc/ceph/{self.settings.cluster.name}.{entity}.keyring"
