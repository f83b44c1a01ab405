"""What a cluster has: how to reach its monitors, its pools and users, and which stacks keep them."""

from __future__ import annotations

from dataclasses import dataclass

from providers.ceph.pool import why_not_empty
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
    """

    fsid: str
    release: str
    mon_hosts: list[str]
    pools: dict[str, str]
    users: list[str]
    owners: dict[str, str]


def read_contents(access: HostAccess, conf: str, entity: str) -> ClusterContents:
    """Ask the admin host what its cluster has.

    Args:
        access: How the admin host is reached.
        conf: Path of ceph.conf there.
        entity: The cephx user as whom it asks.
    """
    machines = Machines(AccessSettings({access.name: access}, access.name, conf, entity))
    try:
        fsid = machines.host(access.name).mon_read(Fsid, "fsid").fsid
        cluster = machines.cluster(fsid)
        monitors = cluster.monitors()
        return ClusterContents(
            fsid=fsid,
            release=monitors.min_mon_release_name or "unknown",
            mon_hosts=[mon_host(monitor.public_addrs.addrvec) for monitor in monitors.mons],
            pools=_rbd_pools(cluster),
            users=sorted(name for name in cluster.users() if name.startswith("client.") and not _is_clusters_own(name)),
            owners={key.split("/", 3)[3]: key.split("/")[1] for key in cluster.journal() if key.count("/") >= 3},
        )
    finally:
        machines.close()


def mon_host(addresses: list[MonAddress]) -> str:
    """Return a monitor's addresses as `mon host` has them: `[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]`."""
    shown = [f"{address.type}:{address.addr}/{address.nonce}" for address in addresses]
    return f"[{','.join(shown)}]"


def _rbd_pools(cluster: ClusterSession) -> dict[str, str]:
    names = [name for name, row in cluster.pools().items() if "rbd" in row.application_metadata]
    return {name: why_not_empty(cluster.content(name)) or "empty" for name in sorted(names)}


def _is_clusters_own(entity: str) -> bool:
    return entity in ADMINISTRATORS or entity.startswith("client.bootstrap-")
