"""Account: a user of the operating system on a host, and the pools that the user has to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """A user of the operating system on a host, and what that user has to reach of the cluster.

    Attributes:
        host: the host.
        user: the user that a service's daemon runs as.
        fsid: UUID of the cluster.
        entity: the entity as which the user connects to the cluster.
        conf: path of the ceph.conf that the user reads.
        keyring: path of the entity's keyring; None where the stack leaves the keyring alone.
        pools: names of the pools that are in the entity's caps.
        for_guests: whether only guests connect as the entity. They take the key from libvirt's secret, and need no
            keyring.
    """

    host: str
    user: str
    fsid: str
    entity: str
    conf: str
    keyring: str | None
    pools: tuple[str, ...]
    for_guests: bool = False
