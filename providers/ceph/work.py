"""What running clients would lose when a user's caps are narrowed: whose images are open, in which pools, from where.

A client goes on for a while after its user lost a pool. At the next connection to an OSD, such as after the OSD's
restart, each write of the client fails with EPERM.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from providers.formats.caps import lost_rights, reads_are_lost
from providers.reach.answers.pool_row import ERASURE_CODED
from providers.reach.answers.session import Session
from providers.reach.clock import Clock
from providers.reach.cluster import ClusterSession

LASTING_S = 4.0
AGAIN_S = 0.5
SHOWN = 3
Caps = Mapping[str, str]
Are = Literal["images", "clones", "data"]


@dataclass(frozen=True)
class Loss:
    """A pool that a user would lose while clients of that user need the pool.

    Attributes:
        entity: The user.
        pool: The pool.
        reads: Whether the user could not even read the pool.
        are: Whether the open images are in the pool (`images`), are clones of images there (`clones`), or have only
            their data there (`data`).
        images: How many images are open, by host.
    """

    entity: str
    pool: str
    reads: bool
    are: Are
    images: Mapping[str, int]

    def __str__(self) -> str:
        """Return what would be lost, and where it is used."""
        count = sum(self.images.values())
        what = f"{'clone' if self.are == 'clones' else 'image'}{'' if count == 1 else 's'}"
        which = {"images": "where", "clones": "of which", "data": "which has the data of"}[self.are]
        hosts = [f"{host} ({number})" for host, number in sorted(self.images.items())]
        more = f" and {len(hosts) - SHOWN} more hosts" if len(hosts) > SHOWN else ""
        return (
            f"{self.entity} would lose {'' if self.reads else 'writing to '}pool {self.pool},"
            f" {which} {count} {what}{' that' if self.are == 'data' else ''} {'is' if count == 1 else 'are'} open from"
            f" {', '.join(hosts[:SHOWN])}{more}"
        )


def keep_pools(found: Sequence[Loss], setting: str, stack: str) -> str:
    """Return what a user would lose, and the line that keeps it.

    Args:
        found: The losses of one user, at least one.
        setting: Where the settings speak of the user.
        stack: The stack's name.
    """
    pools = ", ".join(sorted({loss.pool for loss in found}))
    return (
        f"{'; '.join(map(str, found))}: keep the grant with `keep_pools: [{pools}]` under {setting} until these guests"
        f" are hard-rebooted (`python -m commands guests --stack {stack}` lists them)"
    )


def losses(cluster: ClusterSession, clock: Clock, entity: str, had: Caps, wanted: Caps) -> list[Loss]:
    """Return which pools clients would lose that have images open as this user, in the order of the pools' names.

    The cluster is asked only when something would be lost and the user has sessions. A service opens images for a
    moment, so only those count that are still open after some seconds.
    """
    osd, then = had.get("osd", ""), wanted.get("osd", "")
    rows = sorted(cluster.pools().items())
    # A pool without an application may hold images, because most guides never ran `rbd pool init`.
    pools = [name for name, row in rows if not row.application_metadata or "rbd" in row.application_metadata]
    lost = {pool: rights for pool in pools if (rights := lost_rights(osd, then, pool))}
    if not lost or not cluster.sessions([entity]):
        return []
    # Whoever loses reading loses the parents of clones in other pools, too. A pool without an image of its own may
    # have the data of images in other pools.
    reads = any(reads_are_lost(rights) for rights in lost.values())
    data = any(row.type == ERASURE_CODED for name, row in rows if name in lost)
    looked = [pool for pool in pools if pool in lost or ((reads or data) and lost_rights(osd, "", pool))]
    found = _open_now(cluster, clock, entity, looked, lost)
    ways: tuple[Are, ...] = ("images", "clones", "data")
    return [
        Loss(entity, pool, reads_are_lost(lost[pool]), are, images)
        for pool in lost
        for are in ways
        if (images := found.get((pool, are)))
    ]


def _open_now(
    cluster: ClusterSession, clock: Clock, entity: str, looked: Sequence[str], lost: Mapping[str, frozenset[str]]
) -> dict[tuple[str, Are], Counter[str]]:
    """Return how many images are open by host, for each pool that would be lost and for how they need the pool."""
    before = cluster.sessions([entity])
    if not _needed(cluster, before, looked, lost):
        return {}
    sessions = lasting(cluster, [entity], clock)
    return _needed(cluster, sessions, looked, lost)


def _needed(
    cluster: ClusterSession, sessions: Sequence[Session], looked: Sequence[str], lost: Mapping[str, frozenset[str]]
) -> dict[tuple[str, Are], Counter[str]]:
    images: dict[tuple[str, Are], dict[str, set[str]]] = {}
    names = {row.pool_id: name for name, row in cluster.pools().items() if row.pool_id is not None}
    # Address and nonce together tell a client, and so does its number in the cluster. A client that asks a manager has
    # a further session with this address, which names no host.
    named_last = sorted(sessions, key=lambda session: bool(session.host))
    clients = {session.id.split()[-1]: session for session in sessions}
    clients |= {session.instance: session for session in named_last}
    for pool in looked:
        for watcher in cluster.watchers(pool):
            session = clients.get(watcher.address) or clients.get(str(watcher.client))
            if session is None:
                continue
            host = session.host or session.address.rpartition(":")[0]
            data_pool = names.get(watcher.data_pool_id, pool)
            needs: list[tuple[str, Are]] = [(pool, "images"), (watcher.parent, "clones")]
            needs += [(data_pool, "data")] if data_pool != pool else []
            for needed, are in needs:
                if needed in lost and (are != "clones" or reads_are_lost(lost[needed])):
                    images.setdefault((needed, are), {}).setdefault(host, set()).add(f"{pool}/{watcher.image}")
    return {
        (pool, are): Counter({host: len(names) for host, names in hosts.items()})
        for (pool, are), hosts in images.items()
        if are != "clones" or (pool, "images") not in images
    }


def lasting(cluster: ClusterSession, entities: Sequence[str], clock: Clock) -> list[Session]:
    """Return the sessions of these users that are open for some seconds.

    A service opens a session for each operation, while a server keeps its session.
    """
    found = cluster.sessions(entities)
    until = clock.monotonic() + LASTING_S
    while found and (left := until - clock.monotonic()) > 0:
        clock.sleep(min(left, AGAIN_S))
        open_now = {session.id for session in cluster.sessions(entities)}
        found = [session for session in found if session.id in open_now]
    return found
