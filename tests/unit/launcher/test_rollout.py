"""Batches of hosts under the real engine: who is changed when, and what a failed batch leaves alone.

The graph, its declaration and the skipping are the program's own. The resources record, because no host is there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit import sdks
from tests.unit.launcher.test_engine import SETTINGS, Project

COMPUTES = [f"compute{number}" for number in range(1, 6)]
PROGRAM = "from tests.unit.launcher.recording.program import run\n\nrun()\n"


class Recorded(Project):
    """A stack of five computes whose resources only record."""

    def __init__(self, folder: Path) -> None:
        settings: dict[str, Any] = {name: value for name, value in SETTINGS.items() if name != "glance"}
        settings["hosts"] = {name: {"address": "127.0.0.1"} for name in ("ceph1", *COMPUTES)}
        settings["nova"] = {"hosts": COMPUTES, "pool": {"name": "vms"}, "user": {"name": "nova"}}
        super().__init__(folder, "one", settings)
        self.settings = settings
        (folder / "__main__.py").unlink()
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "tests").symlink_to(sdks.CHECKOUT / "tests")
        self.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
        assert self.pulumi("stack", "init").returncode == 0

    def set(self, **nova: Any) -> None:
        self.settings["nova"] = {**self.settings["nova"], **nova}
        self.write(self.settings)

    def failing(self, *names: str) -> None:
        (self.folder / "failing").write_text(" ".join(names))

    def run(self, *words: str) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, str, str]]]:
        """Return the run, and what the resources have recorded: begin or end, what, name."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        os.environ["RECORDED"] = str(self.folder)
        done = self.pulumi(*words)
        lines = log.read_text().splitlines() if log.exists() else []
        return done, [(line.split()[0], line.split()[1], line.split()[2]) for line in lines]

    def up(self) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, str, str]]]:
        return self.run("up", "--yes", "--skip-preview")


def hosts_at_once(log: list[tuple[str, str, str]], unit: str = "nova-compute") -> int:
    """Return on how many hosts a unit's resources were changed at the same time, at most."""
    busy, most = dict[str, int](), 0
    for event, _, name in log:
        host = name.rpartition("-")[2]
        if name.startswith(unit) and host in COMPUTES:
            busy[host] = busy.get(host, 0) + (1 if event == "begin" else -1)
            most = max(most, sum(number > 0 for number in busy.values()))
    return most


def hosts_in_order(log: list[tuple[str, str, str]], what: str) -> list[str]:
    """Return the hosts in the order in which their first change began."""
    began = [name.rpartition("-")[2] for event, did, name in log if (event, did) == ("begin", what)]
    return [host for host in dict.fromkeys(began) if host in COMPUTES]


def changed(log: list[tuple[str, str, str]]) -> set[str]:
    """Return the hosts on which anything began but the check of the host."""
    return {name.rpartition("-")[2] for _, _, name in log if not name.startswith("preflight-")} & set(COMPUTES)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(tmp_path_factory.mktemp("rollout"))


def test_a_rollout_from_the_first_run_to_the_destroy(project: Recorded) -> None:
    """One story, because each run of the engine takes seconds."""
    project.set(rollout={"canary": ["compute4"], "batch": 2})
    project.failing("nova-compute-compute4")
    done, log = project.up()
    assert done.returncode != 0
    assert changed(log) == {"compute4"}, done.stdout
    assert (
        "error: ceph-openstack:nova.rollout: batch 1 of 3 failed on compute4, therefore nothing was changed on "
        "compute1, compute2, compute3, compute5\n"
    ) in done.stdout, done.stdout
    assert "not everything was done, see the other errors" in done.stdout

    project.failing()
    done, log = project.up()
    assert done.returncode == 0, done.stdout
    assert hosts_in_order(log, "create")[0] == "compute4"
    assert set(hosts_in_order(log, "create")[1:3]) == {"compute1", "compute2"}
    assert hosts_at_once(log) == 2

    project.set(rollout={"batch": 1})
    done, log = project.run("preview", "--expect-no-changes")
    assert done.returncode == 0, done.stdout
    project.set(options={"libvirt": {"rx_queue_size": 512}})
    project.failing("nova-compute-compute2")
    done, log = project.up()
    assert done.returncode != 0
    assert changed(log) == {"compute1", "compute2"}
    said = "batch 2 of 5 failed on compute2, therefore nothing was changed on compute3, compute4, compute5\n"
    assert said in done.stdout, done.stdout

    project.set(hosts=["compute1", "compute4"])
    project.failing("nova-compute-removal-compute5")
    done, log = project.up()
    assert done.returncode != 0
    assert hosts_in_order(log, "update") == ["compute4"]
    # The failed run did not come to compute3 and compute5, so both are still one batch in the state.
    assert set(hosts_in_order(log, "delete")) == {"compute3", "compute5"}
    project.failing()
    done, log = project.up()
    assert done.returncode == 0, done.stdout
    assert hosts_in_order(log, "delete") == ["compute5", "compute2"]

    project.failing("nova-compute-removal-compute4")
    done, log = project.run("destroy", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert changed(log) == {"compute4"}, done.stdout
    project.failing()
    done, log = project.run("destroy", "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout
    assert changed(log) == {"compute4", "compute1"}
    assert hosts_at_once(log) == 1
