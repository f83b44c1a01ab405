"""OwnedPool: a pool, and the setting that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.service_pool import ServicePool
from components.settings.problem import Where


@dataclass(frozen=True)
class OwnedPool:
    """A pool, with the path of its setting."""

    where: Where
    wanted: ServicePool
