"""Account: who has to see which pools."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """A service's own user on a host, and what that user has to see of the cluster.

    Attributes:
        host: the host.
        user: the user of the operating system.
        fsid: the cluster.
        entity: the entity that the user connects as.
        conf: path of the ceph.conf that is read.
        pools: names of the pools that the entity's caps speak of.
    """

    host: str
    user: str
    fsid: str
    entity: str
    conf: str
    pools: tuple[str, ...]
