"""One compute cannot be reached: the other hosts are finished, one error names it, and the next run does the rest."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.live import lab
from tests.live.silence import ADDRESS, silent_port
from tests.live.stack import Run, Stack

CONNECT_S = 3


@pytest.fixture(scope="module")
def computes(stack: Stack) -> Stack:
    """Cinder on the controller, Nova on both computes."""
    for service in ("glance", "cinder_backup"):
        del stack.settings[service]
    stack.settings["ssh"]["connect_timeout_s"] = CONNECT_S
    stack.write()
    return stack


@pytest.fixture(scope="module")
def before(computes: Stack) -> dict[str, Any]:
    return _all()


def _all() -> dict[str, Any]:
    return {
        "etc": {node: lab.etc(node) for node in lab.NODES},
        "cluster": lab.cluster_state(),
        "secrets": {node: lab.secrets(node) for node in lab.COMPUTES},
    }


@contextmanager
def unreachable(stack: Stack) -> Iterator[None]:
    """Give compute2 an address that does not answer."""
    there = stack.settings["hosts"]["compute2"]
    with silent_port() as port:
        stack.settings["hosts"]["compute2"] = {"address": ADDRESS, "port": port}
        stack.write()
        try:
            yield
        finally:
            stack.settings["hosts"]["compute2"] = there
            stack.write()


@contextmanager
def without_power(node: str) -> Iterator[None]:
    subprocess.run([lab.PROGRAM, "stop", node], check=True)
    try:
        yield
    finally:
        subprocess.run([lab.PROGRAM, "start", node], check=True)


def diagnostics_of(run: Run, host: str = "compute2") -> list[str]:
    """Return the CLI's diagnostics about a host, one line per resource that shows a diagnostic."""
    diagnostics = run.output.partition("Diagnostics:")[2].partition("Resources:")[0]
    return [line.strip() for line in diagnostics.splitlines() if f"{host} (" in line]


def counts(run: Run) -> dict[str, int]:
    """Return the CLI's own resource counts."""
    found = re.findall(r"(?m)^ +(?:[+~-] )?(\d+) (created|updated|deleted|unchanged|errored)$", run.output)
    return {what: int(number) for number, what in found}


def invocations(*but: str) -> dict[tuple[str, str], str]:
    return {(node, name): unit.invocation for (node, name), unit in lab.units().items() if node not in but}


def test_up_finishes_the_other_hosts(computes: Stack, before: dict[str, Any]) -> None:
    with unreachable(computes):
        run = computes.up()
    assert run.status != 0
    errors = [line for line in diagnostics_of(run) if line.startswith("error: ")]
    (warning,) = [line for line in diagnostics_of(run) if line not in errors]
    assert len(errors) == 1, run.output[-4000:]
    assert f"no answer from deploy@{ADDRESS}" in errors[0]
    # The warning is the gate's, which looks before anything is changed.
    assert warning.startswith("warning: "), warning
    assert warning.endswith("whether services there keep data elsewhere was not looked at")
    made = computes.resources()
    assert {"cinder-user", "nova-compute-compute1", "cinder-volume-controller1", "guard"} <= set(made)
    assert not [name for name in made if name.endswith("compute2")]
    assert run.connections == {"ceph1": 1, "controller1": 1, "compute1": 1}


@pytest.fixture(scope="module")
def refresh_s() -> list[float]:
    """Seconds that a refresh takes on this machine today when every host answers."""
    return []


def test_the_next_up_does_only_that(computes: Stack, refresh_s: list[float]) -> None:
    made, running = set(computes.resources()), invocations("compute2")
    run = computes.up().ok()
    new = set(computes.resources()) - made
    assert new == {name for name in new if name.endswith("compute2")}
    assert counts(run)["created"] == len(new)
    assert invocations("compute2") == running
    assert run.count("restart_unit") == 1
    refresh_s.append(computes.up("--refresh", "--expect-no-changes").ok().seconds)


def test_an_update_finishes_the_other_hosts(computes: Stack) -> None:
    there, running = set(computes.resources()), invocations("compute1")
    computes.settings["nova"]["hw_disk_discard"] = "ignore"
    computes.write()
    with unreachable(computes):
        run = computes.up()
    assert run.status != 0
    assert len(diagnostics_of(run)) == 1, run.output[-4000:]
    assert set(computes.resources()) == there, "a resource of a host that cannot be reached was given up"
    assert "hw_disk_discard = ignore" in lab.on("compute1", "cat", "/etc/nova/nova.conf")
    assert invocations("compute1") == running


def test_the_next_up_updates_only_that(computes: Stack) -> None:
    running = invocations("compute2")
    run = computes.up().ok()
    assert set(run.connections) <= {"compute2", "ceph1"}
    assert invocations("compute2") == running
    assert "hw_disk_discard = ignore" in lab.on("compute2", "cat", "/etc/nova/nova.conf")


def test_refresh_says_not_checked_and_keeps_the_state(computes: Stack, refresh_s: list[float]) -> None:
    lab.on("compute1", "sed", "-i", "s/^hw_disk_discard = ignore/hw_disk_discard = unmap/", "/etc/nova/nova.conf")
    there = computes.resources()
    with unreachable(computes):
        run = computes.up("--refresh")
    assert run.status == 0, run.output[-4000:]
    assert len(diagnostics_of(run)) == 1, run.output[-4000:]
    assert "was not checked" in diagnostics_of(run)[0]
    now = computes.resources()
    assert {name: row["inputs"] for name, row in now.items() if name.endswith("compute2")} == {
        name: row["inputs"] for name, row in there.items() if name.endswith("compute2")
    }
    assert "hw_disk_discard = ignore" in lab.on("compute1", "cat", "/etc/nova/nova.conf")
    # The host is waited for once, and not once for each of its resources.
    assert run.seconds < 4 * refresh_s[0] + 4 * CONNECT_S


def test_destroy_leaves_what_the_host_still_needs(computes: Stack, before: dict[str, Any]) -> None:
    """Here the node has no power; connections are refused at once, because its address is this machine's own."""
    left = {name for name in computes.resources() if name.endswith("compute2")}
    with without_power("compute2"):
        run = computes.destroy()
        assert run.status != 0
        assert "whether a domain there needs its secret was not looked at" in run.output
        now = set(computes.resources())
        assert left <= now
        assert not [name for name in now if name.endswith(("compute1", "controller1")) or name == "guard"]
        assert "client.cinder" in lab.cluster_state()["users"]
        assert {"volumes", "vms"} <= set(lab.cluster_state()["pools"])
        assert lab.etc("compute1") == before["etc"]["compute1"]
        assert lab.etc("controller1") == before["etc"]["controller1"]
    assert len(diagnostics_of(run)) <= 3, run.output[-4000:]


def test_the_next_destroy_does_only_that(computes: Stack, before: dict[str, Any]) -> None:
    running = invocations("compute2")
    run = computes.destroy().ok()
    assert set(run.connections) == {"compute2", "ceph1"}
    assert invocations("compute2") == running
    assert _all() == before
