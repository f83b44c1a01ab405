"""ServicePool: a pool of a service."""

from __future__ import annotations

from dataclasses import dataclass

from components.settings.pool import Pool
from components.settings.problem import Where


@dataclass(frozen=True)
class ServicePool:
    """A pool of a service.

    Attributes:
        where: path of the pool's setting, without the service's name in front.
        pool: the settings of the pool.
        role: part of the pool's logical name that tells it from the service's other pools; empty for the first pool.
        application: the application that is enabled on the pool in the cluster.
    """

    where: Where
    pool: Pool
    role: str = ""
    application: str = "rbd"
