"""Several clusters: names that are not in `clusters`, and entries that are one cluster, or would be one on a host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.settings.cluster import Cluster
from components.settings.problem import Problem, Where, hint
from components.stack.inventory import Inventory
from components.stack.refusal import path_text
from providers.formats.mon_host import parse


def cluster_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each cluster that the settings do not have, and each that cannot be told from another."""
    further = inventory.settings.clusters
    for wired in inventory.wired_services:
        for where, name in wired.service.clusters(wired.mine).items():
            if name not in further:
                what = f'"{name}" is not in clusters; {hint(name, further, "add it there")}'
                yield Problem((wired.service.name, *where), what)
    known: dict[Where, Cluster] = {("cluster",): inventory.settings.cluster}
    for name, cluster in further.items():
        for first, other in known.items():
            yield from _same(("clusters", name), cluster, path_text(first), other)
        known["clusters", name] = cluster


def reach_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each pool on a cluster that has no user for the pool, as where the service shares a user that is elsewhere.

    The user of a service is on the clusters that have data of the service itself.
    """
    if not inventory.settings.clusters:
        return
    opened = {pool for user in inventory.needed_users.values() for pool in user.caps.pools}
    for owned in inventory.pools.values():
        if owned.wanted.pool.name not in opened:
            yield Problem(
                owned.where,
                f"is on {path_text(inventory.cluster_setting)}, where no user may open it, because the user that "
                f"{owned.where[0]} shares has nothing there; set {owned.where[0]}.user, a user of its own",
            )


def _same(where: Where, cluster: Cluster, first: str, other: Cluster) -> Iterator[Problem]:
    """Yield that two entries are one cluster; else that they would meet on a host."""
    if cluster.fsid == other.fsid:
        what = f"is the fsid of {first}, too, and a cluster has one entry; correct it, or take one of the two out"
        yield Problem((*where, "fsid"), what)
        return
    if cluster.name == other.name:
        yield Problem(
            (*where, "name"),
            f'"{cluster.name}" is the name of {first}, too, and on a host both would be /etc/ceph/{cluster.name}.conf; '
            "choose another name",
        )
    if shared := sorted(_monitors(cluster).keys() & _monitors(other).keys()):
        what = f"{', '.join(shared)} is a monitor of {first}, too; name the monitors of this cluster"
        yield Problem((*where, "mon_hosts"), what)
    if cluster.admin_host and (cluster.admin_host, cluster.admin_conf) == (other.admin_host, other.admin_conf):
        yield Problem(
            (*where, "admin_conf"),
            f"{cluster.admin_conf} on {cluster.admin_host} is that of {first}, too; name the ceph.conf of this cluster "
            "there, or another admin_host",
        )


def _monitors(cluster: Cluster) -> Mapping[str, None]:
    """Return the addresses of the monitors, each with its port."""
    return {f"{one.host}:{one.port}": None for entry in cluster.mon_hosts for one in parse(entry)}
