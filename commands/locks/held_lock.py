"""HeldLock: a lock of an image, and whether its holder is alive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from providers.reach.answers.image_locks import ImageLock


class HolderState(Enum):
    """What was found of the client that holds a lock."""

    ALIVE = "alive"
    DEAD = "DEAD"
    BY_HAND = "set by hand"


@dataclass(frozen=True)
class HeldLock:
    """A lock of an image.

    Attributes:
        pool: The image's pool.
        lock: The lock.
        entity: As whom the holder is connected. Empty: the holder is not connected, and the lock does not say it.
        state: Whether the holder is alive. A lock that was set by hand is the operator's, whoever set it.
        why: How that was seen.
    """

    pool: str
    lock: ImageLock
    entity: str
    state: HolderState
    why: str

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the lock from every other, whatever is found of its holder."""
        return (self.pool, self.lock.image, self.lock.client, self.lock.cookie, self.lock.address)

    @property
    def image(self) -> str:
        """The image with its pool, as `rbd` names it."""
        return f"{self.pool}/{self.lock.image}"
