"""Random stories of a small stack: up, drift, foreign edits, cuts, refreshes, destroys.

What must always hold is asserted after each step.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from providers.reach.local import LocalHost
from tests.sim.host import Killed
from tests.sim.site import Site
from tests.unit.conftest import MEMORY
from tests.unit.examples.ceph_conf import CEPH_CONF
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.directory import DIRECTORY
from tests.unit.examples.example import Drift
from tests.unit.examples.keyring import KEYRING_FILE
from tests.unit.examples.pool import POOL
from tests.unit.examples.secret import SECRET
from tests.unit.examples.service import REMOVAL, SERVICE, with_unit
from tests.unit.examples.user import USER

# In the order in which Pulumi makes them.
STACK = [POOL, USER, REMOVAL, DIRECTORY, CEPH_CONF, KEYRING_FILE, SECRET, CONFIG, SERVICE]
DRIFTS = [(number, drift) for number, example in enumerate(STACK) for drift in example.drifts]
LOSSES = ("gone", "stopped")


def _debug(text: str) -> list[str]:
    """Return the lines of the option that the service reads."""
    return [line for line in text.splitlines() if line.startswith("debug")]


class Story(RuleBasedStateMachine):
    agent: ClassVar[LocalHost]
    folder: ClassVar[Path]
    numbers: ClassVar[Iterator[int]] = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.site = Site(self.folder / str(next(self.numbers)), self.agent)
        with_unit(self.site)
        self.site.ceph.do_osd_pool_create("foreign")
        self.site.ceph.add_user("client.foreign", {"mon": "allow r"})
        self.site.ceph.store["foreign"] = "x"
        self.before = self.site.everything()
        self.resources = [example.resource(self.site) for example in STACK]
        self.lines = 0
        self.drifted: set[str] = set()

    def pulumi(self, refresh: bool = True) -> None:
        if refresh:
            for resource in self.resources:
                if resource.outs is not None:
                    resource.refresh()
        for resource in self.resources:
            resource.up()

    @rule()
    def up(self) -> None:
        self.pulumi()
        self.drifted.clear()
        for resource in self.resources:
            assert resource.drift() == {}, resource.id
            assert not resource.wants(), resource.id
        running = self.site.hosts["api1"].systemd.units["cinder-volume.service"]
        assert running.active
        assert _debug(running.read) == _debug(self.site.hosts["api1"].path(CONF).read_text())

    @rule(after=st.integers(0, 120), half=st.booleans())
    def cut_up(self, after: int, half: bool) -> None:
        self.cut(after, half, self.pulumi)

    @rule(after=st.integers(0, 120), half=st.booleans())
    def cut_destroy(self, after: int, half: bool) -> None:
        self.cut(after, half, self.remove)

    def cut(self, after: int, half: bool, operation: Any) -> None:
        self.site.cut_after(after, half)
        try:
            operation()
        except Killed:
            pass
        finally:
            self.site.cut_after(None)

    @rule(drift=st.sampled_from(DRIFTS))
    def somebody_changes_what_is_ours(self, drift: tuple[int, Drift]) -> None:
        self.change_by_hand(*drift)

    def change_by_hand(self, number: int, done: Drift) -> None:
        example = STACK[number]
        # A pool that vanished is an error by design, and a resource that was not made yet cannot be changed.
        if self.resources[number].outs is None or example.name in self.drifted or example.name == "directory":
            return
        if example.name in ("cephconf", "config") and done.name != "option":
            return
        if example.name == "service" and done.name not in LOSSES:
            return
        if self.site.ceph.users.get("client.cinder") is None:
            return
        try:
            done.done(self.site)
        except (AssertionError, FileNotFoundError, KeyError):
            return
        self.drifted.add(example.name)

    @rule()
    def somebody_adds_a_line(self) -> None:
        self.lines += 1
        path = self.site.hosts["api1"].path(CONF)
        path.write_text(path.read_text().replace("# a comment\n", "# a comment\n# another\n"))

    @rule(size=st.sampled_from([2, 3, 4]), debug=st.sampled_from(["true", "false", "warning"]))
    def settings_change(self, size: int, debug: str) -> None:
        self.resources[STACK.index(POOL)].change(size=size)
        self.resources[STACK.index(CONFIG)].change(sections={"DEFAULT": {"debug": debug}, "ceph": {"rbd_pool": "x"}})
        # The service's inputs say what the service reads, as in the components.
        watched = {"dialect": "oslo", "options": {"DEFAULT": {"debug": debug}}}
        self.resources[STACK.index(SERVICE)].change(watch={CONF: watched})

    def remove(self) -> None:
        for resource in reversed(self.resources):
            resource.destroy()

    @rule()
    def destroy(self) -> None:
        self.up()  # repairs what somebody changed, because an undo would leave it alone
        self.remove()
        self.drifted.clear()
        after, before = self.site.everything(), self.before
        conf = f"api1{CONF}"
        text = before["files"][conf][3].replace(b"# a comment\n", b"# a comment\n" + b"# another\n" * self.lines)
        assert after["files"].pop(conf) == (*before["files"][conf][:3], text)
        assert after == {**before, "files": {name: text for name, text in before["files"].items() if name != conf}}

    @invariant()
    def foreign_things_are_untouched(self) -> None:
        if not hasattr(self, "before"):
            return
        ceph, before = self.site.ceph, self.before["cluster"]
        assert {**ceph.pools["foreign"], "pool_id": 0} == {**before["pools"]["foreign"], "pool_id": 0}
        assert ceph.users["client.foreign"] == before["users"]["client.foreign"]
        assert ceph.store["foreign"] == "x"


def test_stories(agent: LocalHost) -> None:
    Story.agent = agent
    Story.folder = Path(tempfile.mkdtemp(prefix="story-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        run_state_machine_as_test(
            Story,
            settings=settings(
                max_examples=40,
                stateful_step_count=8,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        shutil.rmtree(Story.folder)
