"""Site: what every service may know of the stack, the cluster and the hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.services.platform import Platform
from components.settings.releases import is_before
from providers.models import CloudName


@dataclass(frozen=True)
class Site:
    """The stack, the cluster and the hosts' operating system, as far as a service needs them.

    Attributes:
        stack: name of the Pulumi stack, under which the journals on hosts and in the cluster are kept.
        release: the OpenStack release, such as zed.
        platform: the operating system of the hosts.
        fsid: UUID of the cluster.
        cluster_name: name of the cluster on the hosts, as in /etc/ceph/<name>.conf.
        adopt: whether the stack takes over what exists, where the thing's own settings do not say.
        cell: whether the stack has no way into the cluster. Such a stack manages neither pools nor users.
        cloud: which OpenStack is meant, without how to log in. None when the settings have no `openstack`.
    """

    stack: str
    release: str
    platform: Platform
    fsid: str
    cluster_name: str
    adopt: bool
    cell: bool
    cloud: CloudName | None

    def is_before(self, release: str) -> bool:
        """Return whether the cloud's release came out before another one."""
        return is_before(self.release, release)

    @property
    def takes_over(self) -> Literal[True] | None:
        """True when the stack takes over files, folders and services; else None, which is not sent to the engine."""
        return True if self.adopt else None

    def adopts(self, own: bool | None) -> bool:
        """Return whether a thing is taken over; `own` is what the thing's own settings say, None when nothing."""
        return self.adopt if own is None else own

    @property
    def ceph_conf(self) -> str:
        """Path of the cluster's ceph.conf on every host."""
        return f"/etc/ceph/{self.cluster_name}.conf"

    def keyring(self, entity: str) -> str:
        """Return the path at which librados looks for an entity's keyring by itself.

        os-brick reads no other: it ignores the `keyring` line of ceph.conf.
        """
        return f"/etc/ceph/{self.cluster_name}.{entity}.keyring"
