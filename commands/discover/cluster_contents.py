"""What a cluster has: how to reach its monitors, its pools and users, and which stacks keep them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.ceph.pool_content import why_not_empty
from providers.reach.access import AccessSettings
from providers.reach.answers.fsid import Fsid
from providers.reach.answers.mon_map import MonAddress
from providers.reach.cluster import ClusterSession
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines

ADMINISTRATORS = ("client.admin", "client.crash")


@dataclass(frozen=True)
class ClusterContents:
    """What the cluster says.

    Attributes:
        fsid: The cluster's fsid.
        release: The Ceph release that its monitors require, such as `pacific`.
        mon_hosts: Each monitor's addresses, as `mon host` in ceph.conf has them.
        pools: Each RBD pool, with what it holds in words.
        users: The users that clients may have, without the cluster's own.
        owners: Each pool and user that a journal names, with the stack that keeps it.
        plain_pools: Each other pool, with the names of its applications.
        caps: What each user may do, by daemon.
        keys: SHA-256 of each user's key.
        sessions: How many clients are connected as each user.
    """

    fsid: str
    release: str
    mon_hosts: list[str]
    pools: dict[str, str]
    users: list[str]
    owners: dict[str, str]
    plain_pools: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    sessions: Mapping[str, int] = field(default_factory=dict)


def read_contents(access: HostAccess, conf: str, entity: str) -> ClusterContents:
    """Ask the admin host what its cluster has.

    Args:
        access: How the admin host is reached.
        conf: Path of ceph.conf there.
        entity: The cephx user as whom it asks.
    """
    machines = Machines(AccessSettings({access.name: access}, access.name, conf, entity))
    try:
        return contents_through(machines)
    finally:
        machines.close()


def contents_through(machines: Machines) -> ClusterContents:
    """Return what the cluster has that the admin host of `machines` speaks for."""
    fsid = machines.host(machines.admin()).mon_read(Fsid, "fsid").fsid
    cluster = machines.cluster(fsid)
    monitors, users = cluster.monitors(), cluster.users()
    clients = sorted(name for name in users if name.startswith("client.") and not _is_clusters_own(name))
    return ClusterContents(
        fsid=fsid,
        release=monitors.min_mon_release_name or "unknown",
        mon_hosts=[mon_host(monitor.public_addrs.addrvec) for monitor in monitors.mons],
        pools=_rbd_pools(cluster),
        users=clients,
        owners={key.split("/", 3)[3]: key.split("/")[1] for key in cluster.journal() if key.count("/") >= 3},
        plain_pools={
            name: ", ".join(sorted(row.application_metadata))
            for name, row in sorted(cluster.pools().items())
            if "rbd" not in row.application_metadata
        },
        caps={name: row.caps for name, row in users.items()},
        keys={name: row.key for name, row in users.items()},
        sessions=Counter(session.entity for session in cluster.sessions(clients)) if clients else {},
    )


def mon_host(addresses: list[MonAddress]) -> str:
    """Return a monitor's addresses as `mon host` has them: `[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]`."""
    shown = [f"{address.type}:{address.addr}/{address.nonce}" for address in addresses]
    return f"[{','.join(shown)}]"


def _rbd_pools(cluster: ClusterSession) -> dict[str, str]:
    names = [name for name, row in cluster.pools().items() if "rbd" in row.application_metadata]
    return {name: why_not_empty(cluster.content(name)) or "empty" for name in sorted(names)}


def _is_clusters_own(entity: str) -> bool:
    return entity in ADMINISTRATORS or entity.startswith("client.bootstrap-")
