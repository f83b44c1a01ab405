"""The Pulumi environment of this checkout."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_on_every_python

RUN = Path(__file__).parents[3] / "tools" / "run"


def test_a_state_is_one_file(tmp_path: Path) -> None:
    """A side file beside the state's file would be half-written by a kill, and make the state unreadable."""
    (tmp_path / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    environment = {**os.environ, "CEPH_OPENSTACK_STATE": str(tmp_path / "state")}
    words: list[str | Path] = [RUN, "pulumi", "stack", "init", "one", "--non-interactive"]
    subprocess.run(words, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, check=True)
    stacks = tmp_path / "state" / "pulumi" / "backend" / ".pulumi" / "stacks" / "test"
    assert sorted(path.name for path in stacks.iterdir()) in (["one.json"], ["one.json", "one.json.bak"])


def test_a_program_is_compiled_once_also_where_the_image_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "imported.py").write_text("print('imported')\n")
    words: list[str | Path] = [RUN, "python", "-c", "import imported"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "CEPH_OPENSTACK_STATE": str(tmp_path / "state")}
    subprocess.run(words, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, check=True)
    assert [path.suffix for path in (tmp_path / "__pycache__").iterdir()] == [".pyc"]
