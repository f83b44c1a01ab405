"""Two Cinder back ends on RBD, of which one is taken out again.

Its options go before the one restart, its pool goes last, and a pool with data is kept.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.live import lab
from tests.live.drift import Snapshot, process_reads, snapshot
from tests.live.stack import Run, Stack

CONTROLLER, VOLUME = lab.CONTROLLER, ("controller1", "cinder-volume")
CINDER_CONF = "/etc/cinder/cinder.conf"
FIRST = {"pool": {"name": "volumes", "size": 1, "min_size": 1}}
SECOND = {"pool": {"name": "volumes2", "size": 1, "min_size": 1}}


def with_back_ends(stack: Stack, **backends: Any) -> None:
    stack.settings["cinder"] = {"hosts": [CONTROLLER], "backends": backends}
    stack.write()


@pytest.fixture(scope="module")
def two(stack: Stack) -> Stack:
    with_back_ends(stack, ceph=FIRST, ceph2=SECOND)
    stack.up().ok()
    return stack


def drivers() -> tuple[set[str], set[str]]:
    """Return the processes that began to start an RBD driver since cinder-volume's start, and those that finished."""
    text = lab.log_since_start(*VOLUME)
    begun = set(re.findall(r"(?m)^\S+ \S+ (\d+) .*Starting volume driver RBDDriver", text))
    done = set(re.findall(r"(?m)^\S+ \S+ (\d+) .*Driver initialization completed successfully", text))
    return begun, begun & done


def times(run: Run, event: str, host: str) -> list[float]:
    return [call["time"] for call in run.calls if call["event"] == event and call["host"] == host]


def test_up_waits_until_both_drivers_work(two: Stack) -> None:
    begun, done = drivers()
    assert len(begun) == len(done) == 2
    enabled = [item.strip() for item in process_reads(*VOLUME, "DEFAULT", "enabled_backends").split(",")]
    assert sorted(enabled) == ["ceph", "ceph2", "nfs"]
    assert process_reads(*VOLUME, "ceph2", "rbd_pool") == "volumes2"


@pytest.fixture(scope="module")
def refused(two: Stack) -> tuple[Snapshot, Run, Snapshot]:
    lab.on("ceph1", "rbd", "--pool", "volumes2", "create", "--size", "1M", "volume-1")
    try:
        before = snapshot()
        backup = two.settings.pop("cinder_backup")
        with_back_ends(two, ceph=FIRST)
        run = two.up()
        return before, run, snapshot()
    finally:
        two.settings["cinder_backup"] = backup
        lab.on("ceph1", "rbd", "--pool", "volumes2", "rm", "volume-1")


class TestTakenOutWithDataInIt:
    """The gate looks first: when a back end has a volume, nothing is removed.

    cinder-backup, which is taken out in the same run and has an empty pool, stays, too.
    """

    def test_it_is_refused_by_name(self, refused: tuple[Snapshot, Run, Snapshot]) -> None:
        _, run, _ = refused
        assert run.status != 0
        assert "pool volumes2 holds 1 image (volume-1)" in run.output
        assert "nothing was changed" in run.output

    def test_nothing_was_changed(self, refused: tuple[Snapshot, Run, Snapshot], two: Stack) -> None:
        before, run, after = refused
        assert after == before
        assert run.count("apply") == run.count("restart_unit") == 0
        assert {"cinder-pool-ceph2", "guard", "cinder-volume-controller1", "cinder-backup-pool"} <= set(two.resources())


@pytest.fixture(scope="module")
def taken(two: Stack) -> tuple[Snapshot, Run, Snapshot]:
    before = snapshot()
    with_back_ends(two, ceph=FIRST)
    return before, two.up().ok(), snapshot()


class TestTakenOut:
    """Section and list item are removed, then one restart comes, then the pool is removed."""

    def test_only_cinder_volume_is_restarted_and_once(self, taken: tuple[Snapshot, Run, Snapshot]) -> None:
        before, run, after = taken
        assert run.count("restart_unit") == 1
        changed = {unit for unit in after.units if after.units[unit].invocation != before.units[unit].invocation}
        assert changed == {VOLUME}

    def test_the_file_is_written_before_the_restart_and_the_pool_goes_after_it(
        self, taken: tuple[Snapshot, Run, Snapshot]
    ) -> None:
        _, run, after = taken
        (restart,) = times(run, "restart_unit", CONTROLLER)
        written = float(lab.on(CONTROLLER, "stat", "-c", "%.6Z", CINDER_CONF))
        started = float(after.units[VOLUME].started)
        assert written < started + 1
        assert any(when < restart for when in times(run, "apply", CONTROLLER))
        assert "volumes2" not in after.cluster["pools"]
        assert max(times(run, "pool_content", "ceph1")) > restart
        assert max(times(run, "apply", "ceph1")) > restart

    def test_the_one_start_knew_one_back_end_only(self, taken: tuple[Snapshot, Run, Snapshot]) -> None:
        begun, done = drivers()
        assert len(begun) == len(done) == 1
        assert "ceph2" not in lab.log_since_start(*VOLUME)
        enabled = [item.strip() for item in process_reads(*VOLUME, "DEFAULT", "enabled_backends").split(",")]
        assert sorted(enabled) == ["ceph", "nfs"]
        assert "ceph2" not in lab.on(CONTROLLER, "cat", CINDER_CONF)

    def test_the_caps_no_longer_name_its_pool(self, taken: tuple[Snapshot, Run, Snapshot]) -> None:
        _, _, after = taken
        assert "volumes2" not in after.cluster["users"]["client.cinder"][1]["osd"]
