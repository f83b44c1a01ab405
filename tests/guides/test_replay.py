"""Five guides replayed: the guide's own wiring, a guest that writes, and the product that takes the cloud over.

The steps build on one another. After a failure, each later step of the same guide says what the step lacks.
"""

from __future__ import annotations

from tests.guides import evidence
from tests.guides.guest import Guest
from tests.guides.guide import Guide
from tests.guides.operator import NODES
from tests.live import lab
from tests.proof.world import World


def test_the_guide_wires_the_lab(guide: Guide, wired: None) -> None:
    state = lab.cluster_state()
    assert {entity: caps for entity, (_, caps) in state["users"].items() if entity in guide.caps} == guide.caps
    assert set(guide.pools) <= set(state["pools"])
    for node in lab.COMPUTES:
        listed = lab.on(node, "virsh", "--quiet", "secret-list")
        for usage in guide.secrets:
            assert f"ceph {usage}" in listed
    for where, paths in guide.left_over.items():
        for node in NODES[where]:
            for path in paths:
                assert lab.exists(node, path), f"{node}: {path}"


def test_a_guest_boots_from_ceph_has_a_volume_and_writes(running: Guest, world: World) -> None:
    running.writes_on()
    running.writes_on()
    world.found = evidence.everything()
    assert evidence.differences(world.found, evidence.everything()) == []
