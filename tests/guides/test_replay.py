"""Five guides replayed: the guide's own wiring, a guest that writes, and the product that takes the cloud over.

The steps build on one another. After a failure, each later step of the same guide says what the step lacks.
"""

from __future__ import annotations

import re
from typing import Any

from tests.guides import evidence
from tests.guides.guest import Guest
from tests.guides.guide import Guide
from tests.guides.improvement import IMPROVEMENTS
from tests.guides.operator import NODES
from tests.guides.takeover import Takeover
from tests.live import lab
from tests.proof.world import World

OLDER = re.compile(r"warning: (\S+) \(\S+\): (\S+) was started before (.+) changed last, and is taken over as it runs")


def test_the_guide_wires_the_lab(guide: Guide, wired: None) -> None:
    state = lab.cluster_state()
    assert {entity: caps for entity, (_, caps) in state["users"].items() if entity in guide.caps} == guide.caps
    assert set(guide.pools) <= set(state["pools"])
    for node in lab.COMPUTES:
        listed = lab.on(node, "virsh", "--quiet", "secret-list")
        for usage in guide.secrets:
            assert f"ceph {usage}" in " ".join(listed.split())
    for where, paths in guide.left_over.items():
        for node in NODES[where]:
            for path in paths:
                assert lab.exists(node, path), f"{node}: {path}"


def test_a_guest_boots_from_ceph_has_a_volume_and_writes(running: Guest, world: World) -> None:
    running.writes_on()
    running.writes_on()
    world.left_by_the_guide = evidence.everything()
    assert evidence.differences(world.left_by_the_guide, evidence.everything()) == []


def test_discover_reads_the_cloud_and_touches_nothing(stack: Takeover, world: World) -> None:
    done = stack.discover()
    assert done.returncode == 0, done.stderr
    text = stack.file.read_text()
    keys = lab.keys()
    assert keys
    assert not any(key in text + done.stdout + done.stderr for key in keys)
    assert evidence.differences(world.left_by_the_guide, evidence.everything()) == []
    world.discovered = dict(stack.settings)


def test_the_first_run_writes_journals_only(guide: Guide, stack: Takeover, running: Guest, world: World) -> None:
    assert str(world.discovered["adopt"]).lower() == "true"
    first = stack.up().ok()
    assert evidence.differences(world.left_by_the_guide, evidence.everything()) == []
    running.writes_on()
    assert set(OLDER.findall(first.output)) == set(guide.older)
    world.first = first


def test_the_plan_after_it_is_empty_and_verify_and_drift_are_green(stack: Takeover, world: World) -> None:
    assert world.first
    assert stack.changes() == {}
    for verb in ("verify", "drift"):
        status, said = stack.verdict(verb)
        assert status == 0, said


def test_each_improvement_is_one_edit_that_a_preview_names(
    guide: Guide, stack: Takeover, running: Guest, world: World
) -> None:
    assert world.first
    applied = []
    for improvement in IMPROVEMENTS:
        edited = improvement.of(stack.settings)
        if edited is None:
            continue
        stack.settings = edited
        stack.write()
        changes = stack.changes()
        assert changes, f"{improvement.name}: the preview names nothing"
        named = {kind for kind in changes.values() if kind != "Guard"}
        assert named <= improvement.kinds, f"{improvement.name}: {changes}"
        before = _units()
        stack.applied()
        running.writes_on()
        restarts = {name for name, kind in changes.items() if kind == "Service"}
        restarted = [line for line in evidence.differences(before, _units()) if "->" in line]
        assert len(restarted) == len(restarts), f"{improvement.name}: {restarts}: {restarted}"
        applied.append(improvement.name)
    assert tuple(applied) == guide.improvements
    world.improved = applied


def _units() -> dict[str, Any]:
    return {node: evidence.invocations(node) for node in lab.NODES}


def test_everything_is_green_and_in_use_then(stack: Takeover, running: Guest, world: World) -> None:
    assert world.improved
    assert stack.changes() == {}
    for verb in ("verify", "drift"):
        status, said = stack.verdict(verb)
        assert status == 0, said
    running.takes_its_volume_again()
    running.reads_its_image()


def test_destroy_leaves_the_cloud_as_the_guide_did(stack: Takeover, running: Guest, world: World) -> None:
    assert world.first
    stack.destroy().ok()
    before, after = world.left_by_the_guide, evidence.everything()
    assert evidence.differences(evidence.without_times(before), evidence.without_times(after)) == []
    running.writes_on()
    running.takes_its_volume_again()
    running.reads_its_image()
