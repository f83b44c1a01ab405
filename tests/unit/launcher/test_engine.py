"""The program and its resources under the real engine, with each SDK, as far as both go without a host."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit import sdks

SETTINGS = {
    "release": "zed",
    "ssh": {"user": "deploy", "identity_file": "nowhere"},
    "hosts": {"ceph1": {"address": "127.0.0.1"}, "controller1": {"address": "127.0.0.1"}},
    "cluster": {
        "fsid": "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501",
        "mon_hosts": ["127.0.0.1:6789"],
        "admin_host": "ceph1",
    },
    "glance": {"hosts": ["controller1"], "pool": {"name": "images"}},
}


class Project:
    """The program in a folder and a state of its own, and the settings of stack `one`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("__main__.py", "components", "providers"):
            (folder / name).symlink_to(sdks.CHECKOUT / name)
        config = {f"ceph-openstack:{name}": value for name, value in SETTINGS.items()}
        (folder / "Pulumi.one.yaml").write_text(yaml.safe_dump({"config": config}))
        self.definition = yaml.safe_load((sdks.CHECKOUT / "Pulumi.yaml").read_text())

    def pulumi(self, *words: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(self.definition))
        return subprocess.run(
            [sdks.CHECKOUT / "tools" / "run", "pulumi", *words, "--stack=one", "--non-interactive", "--color=never"],
            cwd=self.folder,
            env={**os.environ, "CEPH_OPENSTACK_STATE": str(self.folder / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("sdk", sdks.SDKS)
def test_the_engine_prints_an_error_in_one_line_and_goes_on_with_the_others(project: Project, sdk: str) -> None:
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment(sdk))
    assert project.pulumi("stack", "init").returncode == 0
    done = project.pulumi("up", "--yes", "--skip-preview")
    diagnostics = done.stdout.partition("Diagnostics:")[2]
    errors = re.findall(r"^ +error: (.*)", diagnostics, re.MULTILINE)
    assert done.returncode != 0
    for host in ("ceph1", "controller1"):
        assert any(
            error.startswith(f"{host} (127.0.0.1): the private key nowhere cannot be read") for error in errors
        ), done.stdout
    assert any(error.startswith("not everything was done") for error in errors), done.stdout
    assert "Traceback" not in done.stdout
    assert "error: Exception" not in done.stdout


def test_a_cli_out_of_the_range_of_pulumi_yaml_is_refused_before_the_program_runs(project: Project) -> None:
    project.definition["requiredPulumiVersion"] = ">=99.0.0"
    (project.folder / "__main__.py").unlink()
    done = project.pulumi("preview")
    assert done.returncode != 0
    assert 'does not satisfy the version range ">=99.0.0"' in done.stdout
