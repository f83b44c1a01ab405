"""ServicePool: a pool of a service."""

from __future__ import annotations

from dataclasses import dataclass

from components.settings.pool import Pool
from components.settings.problem import Where


@dataclass(frozen=True)
class ServicePool:
    """A pool of a service.

    Attributes:
        where: path of its setting, below the service's.
        pool: its settings.
        role: what tells it from the service's other pools, a part of its logical name; empty for the first.
        application: what the cluster is told that it is used for.
    """

    where: Where
    pool: Pool
    role: str = ""
    application: str = "rbd"
