"""Random stories of a stack that takes over what a guide wired: cuts, foreign edits, refreshes, destroys."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from providers.reach.local import LocalHost
from tests.unit.conftest import MEMORY
from tests.unit.examples.directory import EXISTING
from tests.unit.examples.example import Drift
from tests.unit.examples.keyring import foreign_keyring
from tests.unit.examples.pool import foreign_pool
from tests.unit.examples.secret import foreign_secret
from tests.unit.examples.taken_over import guides_ceph_conf
from tests.unit.examples.user import USER
from tests.unit.test_story_generated import DRIFTS, Story

KEYS = ("rotated", "value", "no keyring")
"""Changes of a key: no journal keeps the key that was there, so that a destroy leaves the new one."""


class TakenOver(Story):
    @initialize()
    def begin(self) -> None:
        super().begin()
        site = self.site
        foreign_pool(site)
        assert USER.foreign
        USER.foreign(site)
        for foreign in (foreign_keyring, foreign_secret, guides_ceph_conf, EXISTING.prepare):
            foreign(site)
        self.before = site.everything()
        for resource in self.resources:
            resource.change(adopt=True)

    def untouched(self) -> dict[str, Any]:
        """Return all but the journals, and which process runs."""
        everything = self.site.everything()
        files = {path: state for path, state in everything["files"].items() if "ceph-openstack" not in path}
        unit = self.site.hosts["api1"].systemd.units["cinder-volume.service"]
        return {
            **everything,
            "files": files,
            "cluster": {**everything["cluster"], "store": {}},
            "unit": unit.invocation,
        }

    @rule()
    def up(self) -> None:
        if all(resource.outs is None for resource in self.resources) and not self.site.ceph.store.keys() - {"foreign"}:
            before = self.untouched()
            self.pulumi()
            assert self.untouched() == before
        for _ in range(3):  # records what a cut has left unrecorded, changes the files, restarts
            self.pulumi()
        super().up()

    @rule(drift=st.sampled_from([(number, drift) for number, drift in DRIFTS if drift.name not in KEYS]))
    def somebody_changes_what_is_ours(self, drift: tuple[int, Drift]) -> None:
        self.change_by_hand(*drift)


def test_stories_of_what_was_taken_over(agent: LocalHost) -> None:
    TakenOver.agent = agent
    TakenOver.folder = Path(tempfile.mkdtemp(prefix="story-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        run_state_machine_as_test(
            TakenOver,
            settings=settings(
                max_examples=25,
                stateful_step_count=8,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        shutil.rmtree(TakenOver.folder)
