"""The policy pack of examples/policy, run by the real CLI without a host, on a state that the lab had."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.launcher.test_engine import Project
from tests.unit.sdks import CHECKOUT

PACK = CHECKOUT / "examples" / "policy"
Settings = dict[str, Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with the pack, and with a state that has no change."""
    name = "policy-python{}.{}".format(*sys.version_info)
    words: list[str | Path] = [CHECKOUT / "tools" / "venv", name, PACK / "requirements.txt", sys.executable]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    folder = tmp_path_factory.mktemp("policy")
    pack = folder / "policy"
    shutil.copytree(PACK, pack, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    (pack / "venv").symlink_to(CHECKOUT / ".state" / "venv" / name)
    project = Project(folder, "dev", _dev())
    project.definition["runtime"]["options"]["virtualenv"] = sys.prefix
    assert project.pulumi("stack", "init").returncode == 0
    imported = project.pulumi("stack", "import", "--file", str(CHECKOUT / "tests" / "golden" / "states" / "dev.json"))
    assert imported.returncode == 0, imported.stdout
    return project


def _dev() -> Settings:
    found: Settings = yaml.safe_load((CHECKOUT / "tests" / "golden" / "states" / "dev.yaml").read_text())
    return found


def _careful() -> Settings:
    """Return settings that no rule refuses."""
    settings = _dev()
    for service in ("glance", "cinder", "cinder_backup", "nova"):
        settings[service]["pool"] |= {"size": 3, "min_size": 2}
    settings["glance"].pop("show_image_direct_url")
    return settings


def findings(project: Project, settings: Settings, **config: Any) -> tuple[bool, list[str]]:
    """Return whether a preview is let through, and what the pack says of it."""
    project.write(settings)
    file = project.folder / "policy-config.json"
    file.write_text(json.dumps(config))
    done = project.pulumi("preview", "--policy-pack", "policy", "--policy-pack-config", str(file))
    assert "ceph-openstack@v" in done.stdout, done.stdout
    lines = [line.strip() for line in done.stdout.splitlines()]
    said = [line for line in lines if line and any(sign in line for sign in SAID)]
    return done.returncode == 0, sorted(set(said))


SAID = ("this site", "tells users", "is no rbd profile", "would be deleted")


def test_a_careful_stack_is_let_through(project: Project) -> None:
    """Two hosts are restarted, which is fewer than the rule's default."""
    settings = _careful()
    settings["nova"]["hw_disk_discard"] = "ignore"
    assert findings(project, settings) == (True, [])


def test_each_rule_refuses_by_name(project: Project) -> None:
    settings = _dev()
    osd = "allow rwx pool=volumes, allow rwx pool=vms, profile rbd-read-only pool=images"
    settings["cinder"]["user"] = {"name": "cinder", "caps": {"mon": "profile rbd", "mgr": "profile rbd", "osd": osd}}
    passed, said = findings(project, settings)
    assert not passed
    text = "\n".join(said)
    for pool in ("images", "volumes", "vms", "backups"):
        assert f"pool {pool}: size is 1; this site asks for 3 or more" in text
        assert f"pool {pool}: min_size is 1; this site asks for 2 or more" in text
    assert "/etc/glance/glance-api.conf on controller1: [DEFAULT] show_image_direct_url tells users" in text
    assert "client.cinder: osd 'allow rwx pool=volumes' is no rbd profile on a pool of the stack" in text
    assert len(said) == 8 + 1 + 2


def test_nothing_is_deleted_without_a_tag(project: Project) -> None:
    settings = _careful()
    settings.pop("cinder_backup")
    passed, said = findings(project, settings)
    assert not passed
    assert {line.split(" would be deleted")[0].split()[-1] for line in said} == {"backups", "client.cinder-backup"}
    assert project.pulumi("stack", "tag", "set", "allow-delete", "true").returncode == 0
    try:
        assert findings(project, settings) == (True, [])
    finally:
        assert project.pulumi("stack", "tag", "rm", "allow-delete").returncode == 0


def test_one_run_restarts_a_service_on_few_hosts(project: Project) -> None:
    settings = _careful()
    settings["nova"]["hw_disk_discard"] = "ignore"
    one = {"few-restarts": {"most": 1}}
    passed, said = findings(project, settings, **one)
    assert not passed
    assert said[0].endswith("nova-compute.service would be restarted on 2 hosts in one run; this site allows 1")
    assert len(said) == 1
