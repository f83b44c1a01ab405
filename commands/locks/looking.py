"""Looks at the locks of images, and at their holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commands.locks.held_lock import HeldLock, HolderState
from providers.errors import HostError, StepFailed
from providers.reach.answers.image_locks import ImageLock
from providers.reach.cluster import ClusterSession


@dataclass
class Looked:
    """What was seen.

    Attributes:
        locks: The locks, by pool and image.
        pools: How many pools were looked at. A pool may have no images.
        images: How many images were to be looked at.
        unseen: What could not be looked at, and why.
    """

    locks: list[HeldLock] = field(default_factory=list)
    pools: int = 0
    images: int = 0
    unseen: list[str] = field(default_factory=list)


def look_at_locks(cluster: ClusterSession, pools: Sequence[str], image: str = "") -> Looked:
    """Return the locks of the images in the pools.

    Locks are read before sessions, so a holder that connected in between counts as alive.

    Args:
        cluster: The cluster.
        pools: The pools.
        image: The only image to look at. Empty: every image.
    """
    looked, found = Looked(), list[tuple[str, ImageLock]]()
    for pool in pools:
        try:
            images = [image] if image else cluster.images(pool)
            seen = cluster.image_locks(pool, images)
        except (HostError, StepFailed) as problem:
            looked.unseen.append(f"pool {pool}: {problem}")
            continue
        looked.pools += 1
        looked.images += len(images)
        # Of a pool that was listed, an image that is not there was deleted since.
        looked.unseen += [f"{pool}/{name}: there is no such image" for name in seen.gone if image]
        looked.unseen += [f"{pool}/{name}: {text}" for name, text in sorted(seen.problems.items())]
        found += [(pool, lock) for lock in seen.locks]
    if found:
        users = [entity for entity in cluster.users() if entity.startswith("client.")]
        entities = {session.id.split()[-1]: session.entity for session in cluster.sessions(users)}
        shut_out = set(cluster.blocklisted())
        looked.locks = [_held(pool, lock, entities, shut_out) for pool, lock in found]
    return looked


def _held(pool: str, lock: ImageLock, entities: Mapping[str, str], shut_out: set[str]) -> HeldLock:
    """Return the lock with what its holder is: by the image's watchers, the monitors' sessions and the blocklist."""
    entity = entities.get(lock.client.removeprefix("client."), "")
    if lock.address in lock.watchers:
        gone = "" if entity else ", and no session with the monitors: it may be dead, look again in 30 s"
        state, why = HolderState.ALIVE, f"has the image open{gone}"
    elif {lock.address, f"{lock.address.rpartition(':')[0]}:0/0"} & shut_out:
        state, why = HolderState.DEAD, "blocklisted, and the image is not open"
    elif entity:
        state, why = HolderState.ALIVE, "has a session with the monitors, though the image is not open"
    else:
        state, why = HolderState.DEAD, "no watcher of the image, no session with the monitors"
    if not lock.exclusive:
        state, why = HolderState.BY_HAND, f"{lock.tag or 'no tag'}; `rbd lock rm` is the way if nobody needs it"
    return HeldLock(pool, lock, entity, state, why)
