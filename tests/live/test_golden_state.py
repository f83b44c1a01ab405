"""States that commit 8a0fb58 made on the lab preview empty, so that an upgrade of this program changes no resource.

`dev` is the stack of Pulumi.dev.yaml. `wide` has in addition a second back end, a rotated user of Nova's own, folders
for guests and volume types. A preview opens no connection, so these tests need the real CLI and no lab.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.live.stack import Stack

STATES = Path(__file__).parents[1] / "golden" / "states"
RESOURCES = {"dev": 48, "wide": 64}


@pytest.fixture(params=sorted(RESOURCES))
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Stack]:
    """A stack whose state was made by commit 8a0fb58, below this checkout's program."""
    stack = Stack(tmp_path, name="dev")
    stack.settings = yaml.safe_load((STATES / f"{request.param}.yaml").read_text())
    stack.write()
    stack.pulumi("stack", "import", "--stack", "dev", "--file", str(STATES / f"{request.param}.json")).ok()
    return request.param, stack


def test_a_state_of_the_commit_before_the_rooms_previews_empty(upgraded: tuple[str, Stack]) -> None:
    name, stack = upgraded
    done = stack.preview("--expect-no-changes").ok()
    assert done.output.rstrip().endswith(f"Resources:\n    {RESOURCES[name]} unchanged"), done.output[-2000:]


def test_a_component_of_another_type_is_seen_by_the_engine(upgraded: tuple[str, Stack]) -> None:
    """Shows what the states guard against.

    On the lab a real `up` then took Glance's options off the cloud, and reported 48 unchanged resources.
    """
    _, stack = upgraded
    state = json.loads(stack.pulumi("stack", "export", "--stack", "dev").output)
    text = json.dumps(state).replace("ceph-openstack:openstack:Glance", "ceph-openstack:services:Glance")
    (stack.folder / "renamed.json").write_text(text)
    stack.pulumi("stack", "import", "--stack", "dev", "--file", "renamed.json").ok()
    done = stack.preview("--expect-no-changes")
    assert done.status != 0
    assert "glance-config-controller1 delete" in " ".join(done.output.split())
