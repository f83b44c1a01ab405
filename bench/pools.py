"""One pool and four pools, created with `rbd pool init` by the provider without the CLI.

The CLI's constant time would make the ratio look better than it is.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any

from providers.reach import machines
from providers.reach.access import AccessSettings
from providers.reach.machines import Machines
from providers.resources import PoolProvider
from tests.live.stack import dev_settings

ROUNDS = 3


@dataclass(frozen=True)
class PoolTimes:
    """Seconds per round, with one pool and four pools in turn on one open connection."""

    one_s: list[float]
    four_s: list[float]

    @property
    def ratio(self) -> float:
        """How many times as long four pools took as one pool, by the medians of all rounds."""
        return median(self.four_s) / median(self.one_s)


def measure() -> PoolTimes:
    """Create pools on the lab for ROUNDS rounds; no pool is left."""
    settings = dev_settings()
    mine = Machines(AccessSettings.from_config(settings.get))
    machines.replace_current(mine)
    try:
        mine.cluster(settings["cluster"]["fsid"]).pools()
        fsid, names = settings["cluster"]["fsid"], (f"bench-{number}" for number in count())
        _create(fsid, [next(names)])  # the very first pool loads librbd on the admin host
        times = PoolTimes([], [])
        for _ in range(ROUNDS):
            times.one_s.append(_create(fsid, [next(names)]))
            times.four_s.append(_create(fsid, [next(names) for _ in range(4)]))
        return times
    finally:
        machines.replace_current(None)
        mine.close()


def _create(fsid: str, names: list[str]) -> float:
    """Create pools side by side as Pulumi does, return the seconds until all are there, and remove the pools."""
    provider = PoolProvider()
    wanted: list[dict[str, Any]] = [
        {"stack": "bench", "fsid": fsid, "name": name, "size": 1, "min_size": 1} for name in names
    ]
    with ThreadPoolExecutor(len(names)) as threads:
        try:
            started = time.monotonic()
            list(threads.map(provider.create, wanted))
            return time.monotonic() - started
        finally:
            list(threads.map(lambda pool: provider.delete("", pool), wanted))
