"""A canary that fails keeps the other compute as it was, and restarts that are deferred wait for a maintenance run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.live import lab
from tests.live.lab import CHECKOUT
from tests.live.stack import Stack

NOVA1, NOVA2 = ("compute1", "nova-compute"), ("compute2", "nova-compute")
NOVA_CONF = "/etc/nova/nova.conf"


@pytest.fixture(scope="module")
def computes(stack: Stack) -> Stack:
    """Cinder on the controller, and Nova on both computes, of which compute2 is the canary."""
    for service in ("glance", "cinder_backup"):
        del stack.settings[service]
    with_nova(stack, rollout={"canary": ["compute2"]})
    stack.up().ok()
    return stack


def with_nova(stack: Stack, **settings: Any) -> None:
    stack.settings["nova"] = {**stack.settings["nova"], **settings}
    stack.write()


def drift(stack: Stack) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "commands", "drift", "--stack", stack.name, "--project", str(stack.folder)]
    return subprocess.run(
        words, cwd=CHECKOUT, env=dict(os.environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_a_canary_that_fails_leaves_the_other_compute_as_it_was(computes: Stack) -> None:
    """nova-compute takes no such value, which only nova-compute itself can tell."""
    before, files = lab.units(), lab.etc("compute1")
    with_nova(computes, options={"libvirt": {"cpu_mode": "of-no-kind"}})
    run = computes.up()
    assert run.status != 0
    assert "compute2 (127.0.2.22): nova-compute.service says `" in run.output
    said = r"nova\.rollout: batch 1 of 2 failed on compute2, therefore nothing was changed on compute1\n"
    assert re.search(said, run.output), run.output[-3000:]
    assert run.count("restart_unit") == 1
    assert lab.etc("compute1") == files
    assert lab.unit(*NOVA1) == before[NOVA1]


def test_the_next_run_changes_the_canary_first_and_then_the_other(computes: Stack) -> None:
    with_nova(computes, options={"libvirt": {"cpu_mode": "none"}})
    run = computes.up().ok()
    restarts = [call["host"] for call in run.calls if call["event"] == "restart_unit"]
    assert restarts == ["compute2", "compute1"]
    first = min(call["time"] for call in run.calls if (call["event"], call["host"]) == ("apply", "compute1"))
    ready = max(call["time"] for call in run.calls if (call["event"], call["host"]) == ("log_since", "compute2"))
    assert ready < first
    assert drift(computes).returncode == 0


def test_a_deferred_restart_waits_for_the_maintenance_run(computes: Stack) -> None:
    before = lab.units()
    with_nova(computes, restart="deferred", disk_cachemodes="network=writethrough")
    run = computes.up().ok()
    assert run.output.count("deferred: systemctl restart nova-compute.service") >= 2
    assert run.count("restart_unit") == 0
    assert "network=writethrough" in lab.on("compute1", "cat", NOVA_CONF)
    assert {place: lab.unit(*place) for place in (NOVA1, NOVA2)} == {place: before[place] for place in (NOVA1, NOVA2)}

    looked = drift(computes)
    assert looked.returncode == 2, looked.stderr
    assert re.search(r"service nova-compute\.service +restart deferred", looked.stdout), looked.stdout
    assert "because their restarts are deferred" in looked.stdout
    computes.preview("--expect-no-changes").ok()
    computes.preview("--refresh", "--expect-no-changes").ok()

    seen = computes.preview(CEPH_OPENSTACK_RESTART="now").ok().output
    assert len(re.findall(r"Service nova-compute-compute\d update", seen)) == 2, seen
    run = computes.up(CEPH_OPENSTACK_RESTART="now").ok()
    assert [call["host"] for call in run.calls if call["event"] == "restart_unit"] == ["compute2", "compute1"]
    computes.preview("--expect-no-changes").ok()
    assert drift(computes).returncode == 0


def test_a_destroy_restarts_the_canary_last(computes: Stack) -> None:
    run = computes.destroy().ok()
    restarts = [call["host"] for call in run.calls if call["event"] == "restart_unit"]
    assert restarts.index("compute1") < restarts.index("compute2")
