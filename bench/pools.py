"""One pool and four, created with `rbd pool init` by the provider itself: without the CLI, whose constant time would flatter the ratio."""

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
    """Seconds per round, one pool and four alternating on one open connection."""

    one_s: list[float]
    four_s: list[float]

    @property
    def ratio(self) -> float:
        return median(self.four_s) / median(self.one_s)


def measure() -> PoolTimes:
    settings = dev_settings()
    mine = Machines(AccessSettings.from_config(settings.get))
    machines.replace_current(mine)
    try:
        mine.cluster(settings["cluster"]["fsid"]).pools()
        fsid, names = settings["cluster"]["fsid"], (f"bench-{number}" for number in count())
        _create(fsid, [next(names)])  # the first of all loads librbd on the admin host
        times = PoolTimes([], [])
        for _ in range(ROUNDS):
            times.one_s.append(_create(fsid, [next(names)]))
            times.four_s.append(_create(fsid, [next(names) for _ in range(4)]))
        return times
    finally:
        machines.replace_current(None)
        mine.close()


def _create(fsid: str, names: list[str]) -> float:
    """Return the seconds until all are there, side by side as Pulumi asks for them; then remove them."""
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
            list(threads.map(lambda one: provider.delete("", one), wanted))
