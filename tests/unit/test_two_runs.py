"""Two runs at one file at a time: the last run to leave puts back what was there before the first run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers import resources
from providers.reach.answers.file_state import FileState
from providers.reach.local import LocalHost
from tests.sim.site import FSID, Managed, Site
from tests.unit.examples.directory import DIRECTORY

CEPH_CONF = "/etc/ceph/ceph.conf"
ORIGINAL = "[global]\nosd_pool_default_size = 3\nmon_host = 198.51.100.9\n"


def stack(site: Site, name: str) -> Managed:
    props = {
        "stack": name,
        "host": "api1",
        "fsid": FSID,
        "component": "ceph-client",
        "path": CEPH_CONF,
        "sections": {"global": {"fsid": FSID, "mon_host": "192.0.2.1"}},
    }
    return Managed(site, resources.CephConfProvider(), props)


def directory(site: Site, name: str) -> Managed:
    return Managed(site, DIRECTORY.provider(), {**DIRECTORY.props, "stack": name})


class TornReading:
    """A host that answers the next reading like an agent without a lock: the file first, the journals later."""

    def __init__(self, agent: LocalHost, monkeypatch: pytest.MonkeyPatch, between: Callable[[], object]) -> None:
        self.answer, self.between, self.torn = agent.read_files, between, False
        monkeypatch.setattr(agent, "read_files", self.read_files)

    def read_files(self, paths: list[str], *, patterns: list[str], **words: Any) -> dict[str, FileState]:
        if self.torn or not patterns:
            return self.answer(paths, patterns=patterns, **words)
        self.torn = True
        files = self.answer(paths, patterns=[], **words)
        self.between()
        return {**files, **self.answer([], patterns=patterns, **words)}


@pytest.mark.parametrize("second", ["two", "one"], ids=["two stacks", "two processes of one stack"])
@pytest.mark.parametrize("made", [stack, directory], ids=["options", "directory"])
def test_what_another_run_leaves_behind_during_a_reading_is_never_recorded_as_the_operators(
    site: Site,
    agent: LocalHost,
    monkeypatch: pytest.MonkeyPatch,
    second: str,
    made: Callable[[Site, str], Managed],
) -> None:
    site.hosts["api1"].path(CEPH_CONF).write_text(ORIGINAL)
    before = site.everything()
    first, other = made(site, "one"), made(site, second)
    first.up()
    torn = TornReading(agent, monkeypatch, first.destroy)
    other.up()
    assert torn.torn
    other.destroy()
    assert site.everything() == before


def test_a_destroy_from_a_torn_reading_takes_nothing_from_who_came_meanwhile(
    site: Site, agent: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.hosts["api1"].path(CEPH_CONF).write_text(ORIGINAL)
    before = site.everything()
    first, other = stack(site, "one"), stack(site, "two")
    first.up()
    TornReading(agent, monkeypatch, other.up)
    first.destroy()
    assert "mon_host = 192.0.2.1" in site.hosts["api1"].path(CEPH_CONF).read_text()
    other.destroy()
    assert site.everything() == before


RUN = """
import sys
from pathlib import Path
from providers import resources
from providers.journal import host_journal
from providers.errors import Changed, Unsettled
from providers.reach import machines as current_machines
from providers.reach.access import AccessSettings
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines
from tests.sim.site import FSID, Managed

folder, stack, rounds = sys.argv[1:]
host_journal.FOLDER = folder + "/journal"
host = HostAccess("api1", "local", sudo=False, python=sys.executable)
machines = Machines(AccessSettings({"api1": host}, ""))
current_machines.replace_current(machines)

class Run:
    def new_run(self): pass

options = {"global": {"fsid": FSID, "mon_host": "192.0.2.1"}, "client." + stack: {"keyring": "/k"}}
props = dict(stack=stack, host="api1", fsid=FSID, component="ceph-client", path=folder + "/ceph.conf", sections=options)
for _ in range(int(rounds)):
    managed = Managed(Run(), resources.CephConfProvider(), dict(props))
    for command in (managed.up, managed.destroy):
        while True:
            try:
                command()
                break
            except (Changed, Unsettled):
                pass  # "see who else changes it, then run again"
machines.close()
"""


@pytest.mark.parametrize("stacks", [("one", "two"), ("one", "one")], ids=["two stacks", "two processes of one stack"])
def test_real_agents_that_work_at_one_file_leave_it_as_it_was(memory: Path, stacks: tuple[str, str]) -> None:
    (memory / "ceph.conf").write_text(ORIGINAL)
    (memory / "journal").mkdir()
    runs = [
        subprocess.Popen([sys.executable, "-c", RUN, str(memory), name, "12"], stderr=subprocess.PIPE, text=True)
        for name in stacks
    ]
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], errors
    for name in stacks:
        subprocess.run([sys.executable, "-c", RUN, str(memory), name, "1"], check=True, timeout=60)
    assert (memory / "ceph.conf").read_text() == ORIGINAL
    assert list(memory.rglob("*.json")) == []
