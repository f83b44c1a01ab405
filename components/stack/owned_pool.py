"""OwnedPool: a pool of a stack, and the setting that the pool comes from."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.service_pool import ServicePool
from components.settings.problem import Where


@dataclass(frozen=True)
class OwnedPool:
    """A pool of a stack.

    Attributes:
        where: the whole path of the pool's setting, which begins with the service's name.
        wanted: the pool as its service wants it.
    """

    where: Where
    wanted: ServicePool
