"""Other OpenStack releases: what an environment is made of, and a build that is cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.settings.releases import RELEASES as KNOWN
from lab import cgroup, record, root, venv
from lab.errors import LabError
from lab.releases import RELEASES, find

RELEASE = RELEASES["2025.1"]

UV = """#!/bin/sh
case $1 in
venv) for last; do :; done; mkdir -p $last/bin $last/lib/python3.11/site-packages ;;
pip) [ -e {network} ] || {{ echo 'error: no route to host' >&2; exit 2; }}; echo $* >{network} ;;
esac
"""


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for uv that installs nothing, and fails until the returned file is there."""
    network = tmp_path / "network"
    uv = tmp_path / "uv"
    uv.write_text(UV.format(network=network))
    uv.chmod(0o755)
    modules = tmp_path / "root/usr/lib/python3/dist-packages"
    modules.mkdir(parents=True)
    for name in ("rados", "rbd"):
        (modules / f"{name}.cpython-311-x86_64-linux-gnu.so").touch()
    monkeypatch.setattr(venv, "_UV", uv)
    monkeypatch.setattr(venv, "_FOLDER", tmp_path / "release")
    monkeypatch.setattr(venv, "LOG", tmp_path / "log")
    monkeypatch.setattr(venv, "_needs", lambda what: None)
    monkeypatch.setattr(root, "path", lambda: tmp_path / "root")
    for name in ("enter", "kill", "remove"):
        monkeypatch.setattr(cgroup, name, lambda group: None)
    return network


def test_the_components_know_each_of_them() -> None:
    assert set(RELEASES) <= set(KNOWN)
    with pytest.raises(LabError, match=r"release 2024\.1: the lab has 2023\.1, 2025\.1, 2026\.1"):
        find("2024.1")


def test_other_pins_are_another_environment() -> None:
    others = (RELEASE._replace(day="2025-06-02"), RELEASE._replace(packages=("glance==30.0.1",)))
    assert len({venv.key(release) for release in (RELEASE, *others)}) == 3


def test_a_build_that_failed_is_taken_up_again(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LabError, match=r"uv ended with 2: error: no route to host; see \S+, then run this again"):
        venv.ensure(RELEASE)
    assert not venv.path(RELEASE).exists()
    network.touch()
    made = venv.ensure(RELEASE)
    assert made == venv.path(RELEASE)
    assert "a build was cut off; the build begins anew" in capsys.readouterr().err
    assert "--exclude-newer 2025-06-01 glance==30.0.0 cinder==26.0.0" in network.read_text()
    site = made / "opt/openstack/lib/python3.11/site-packages"
    assert sorted(link.name.split(".")[0] for link in site.iterdir()) == ["rados", "rbd"]
    network.unlink()
    assert venv.ensure(RELEASE) == made


def test_environments_of_other_pins_are_removed_from_the_cache(network: Path) -> None:
    network.touch()
    old = venv.path(RELEASE).with_name("2025.1-old")
    kept = venv.path(RELEASES["2026.1"])
    for folder in (old, kept):
        folder.mkdir(parents=True)
    venv.ensure(RELEASE)
    assert not old.exists()
    assert kept.exists()


def test_a_record_of_a_lab_without_this_node_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {"id": "1", "state": "", "boot": "", "sources": "", "complete": True, "nodes": {}, "stopped": []}
    (tmp_path / "record.json").write_text(json.dumps(written))
    monkeypatch.setattr(record, "_RECORD", tmp_path / "record.json")
    known = record.read()
    assert known is not None
    assert known.release == ""
