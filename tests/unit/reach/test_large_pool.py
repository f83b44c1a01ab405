"""A pool with thousands of images is asked about in parts, and somebody who waits hears how far it is."""

from __future__ import annotations

from typing import cast

import pytest

from providers.reach import cluster as asked
from providers.reach.answers.image_locks import ImageLocks
from providers.reach.cluster import ClusterSession
from providers.reach.host import RemoteHost
from tests.sim.ceph import FSID
from tests.sim.clock import SimulatedClock


class SlowHost:
    """An admin host that takes a second for each part."""

    def __init__(self, images: int) -> None:
        self.images, self.clock, self.parts = [f"i{number}" for number in range(images)], SimulatedClock(), list[int]()

    def pool_images(self, _pool: str) -> list[str]:
        return self.images

    def image_watchers(self, _pool: str, images: list[str]) -> list[str]:
        self.parts.append(len(images))
        self.clock.sleep(1.0)
        return images

    def image_locks(self, pool: str, images: list[str]) -> ImageLocks:
        self.image_watchers(pool, images)
        return ImageLocks(locks=[], gone=images, problems={})


def session(host: SlowHost, told: list[str]) -> ClusterSession:
    return ClusterSession(FSID, lambda: cast(RemoteHost, host), {}, host.clock, told.append)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClusterSession, "host", lambda self: self._admin())
    monkeypatch.setattr(asked, "IMAGES_A_CALL", 10)


def test_who_waits_for_watchers_hears_every_few_seconds_how_far_it_is() -> None:
    told: list[str] = []
    host = SlowHost(75)
    assert len(session(host, told).watchers("vms")) == 75
    assert host.parts == [10] * 7 + [5]
    assert told == [f"{done} of 75 images of pool vms asked who has them open" for done in (30, 60)]


def test_so_does_who_waits_for_locks() -> None:
    told: list[str] = []
    host = SlowHost(40)
    assert session(host, told).image_locks("vms", host.images).gone == host.images
    assert told == ["30 of 40 images of pool vms asked for their locks"]


def test_a_small_pool_takes_no_words() -> None:
    told: list[str] = []
    session(SlowHost(20), told).watchers("vms")
    session(SlowHost(0), told).watchers("vms")
    assert told == []
