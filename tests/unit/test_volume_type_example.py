"""examples/volume_type under the real CLI: it reads a wired stack's outputs from a file backend.

Only `pulumi_openstack` is a stand-in, because its plugin is downloaded from its publisher.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit import sdks
from tests.unit.launcher.test_engine import Project

STAND_IN = """
from pulumi import ComponentResource
class blockstorage:
    class VolumeTypeV3(ComponentResource):
        def __init__(self, logical, name, description, extra_specs):
            super().__init__("openstack:blockstorage/volumeTypeV3:VolumeTypeV3", logical)
            self.name = name
            self.register_outputs({"name": name, "extraSpecs": extra_specs})
"""
EXAMPLE = sdks.CHECKOUT / "examples" / "volume_type"


def state(outputs: dict[str, Any]) -> dict[str, Any]:
    root = {
        "urn": "urn:pulumi:one::ceph-openstack::pulumi:pulumi:Stack::ceph-openstack-one",
        "type": "pulumi:pulumi:Stack",
        "custom": False,
        "outputs": outputs,
    }
    return {"version": 3, "deployment": {"manifest": {"time": "2026-01-01T00:00:00Z"}, "resources": [root]}}


class Example(Project):
    """The example's program beside the wired stack, on one backend."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "types", {"unused": ""})
        for name in ("__main__.py", "components", "providers"):
            (folder / name).unlink()
        (folder / "__main__.py").symlink_to(EXAMPLE / "__main__.py")
        (folder / "pulumi_openstack.py").write_text(STAND_IN)
        self.definition = {
            "name": "volume-type",
            "runtime": {"name": "python", "options": {"virtualenv": str(sdks.environment("installed"))}},
        }


@pytest.mark.parametrize("back_end", ["ceph", "fast"])
def test_a_volume_type_selects_the_back_end_that_the_outputs_name(tmp_path: Path, back_end: str) -> None:
    (tmp_path / "wired").mkdir()
    (tmp_path / "types").mkdir()
    wired, types = Project(tmp_path / "wired"), Example(tmp_path / "types")
    (tmp_path / "wired" / "state").mkdir()
    (tmp_path / "types" / "state").symlink_to(tmp_path / "wired" / "state")
    exported = tmp_path / "exported.json"
    exported.write_text(json.dumps(state({"back_ends": {"cinder": {"ceph": {"volume_backend_name": "theirs"}}}})))
    (tmp_path / "types" / "Pulumi.types.yaml").write_text("{}\n")
    for project, *words in (
        (wired, "stack", "init"),
        (wired, "stack", "import", "--file", str(exported)),
        (types, "stack", "init"),
        (types, "config", "set", "wiring", "organization/ceph-openstack/one"),
        (types, "config", "set", "back_end", back_end),
    ):
        ran = project.pulumi(*words)
        assert ran.returncode == 0, ran.stdout
    ran = types.pulumi("up", "--yes", "--skip-preview")
    if back_end == "fast":
        assert "back_end: fast is none of" in ran.stdout
        assert "known are ceph" in ran.stdout
        return
    assert ran.returncode == 0, ran.stdout
    resources = json.loads(types.pulumi("stack", "export").stdout)["deployment"]["resources"]
    (made,) = [row for row in resources if row["type"].startswith("openstack:")]
    assert made["outputs"] == {"name": "ceph", "extraSpecs": {"volume_backend_name": "theirs"}}
