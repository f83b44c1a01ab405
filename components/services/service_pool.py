"""ServicePool: a pool of a service."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.settings.data_pool import DataPool
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
    pool: Pool | DataPool
    role: str = ""
    application: str = "rbd"

    @property
    def data(self) -> ServicePool | None:
        """The pool that holds the data of this pool's images; None where this pool holds it, too."""
        if not isinstance(self.pool, Pool) or self.pool.data_pool is None:
            return None
        return replace(self, where=(*self.where, "data_pool"), pool=self.pool.data_pool)

    @property
    def is_data(self) -> bool:
        """Whether the pool holds data of images that are in another pool."""
        return isinstance(self.pool, DataPool)
