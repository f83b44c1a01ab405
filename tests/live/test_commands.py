"""The commands beside `pulumi`: a stack whose state is lost is taken off by its journal, and a new one is described."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.live import lab
from tests.live.stack import Stack, dev_settings


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Stack]:
    """A stack that is applied; its state is of no further use."""
    stack = Stack(tmp_path, "lost")
    before = {node: lab.etc(node) for node in lab.NODES}, lab.cluster_state()
    stack.up().ok()
    yield stack
    if ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state()) != before:
        stack.destroy()


def command(*words: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=lab.CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def discover() -> str:
    ssh = dev_settings()["ssh"]
    files = ("--identity-file", ssh["identity_file"], "--known-hosts", ssh["known_hosts"])
    return command("discover", "ceph1", "--address", "127.0.2.1", "--user", ssh["user"], *files)


def test_a_lost_stack_leaves_by_its_journal(lost: Stack) -> None:
    project = ("--stack", "lost", "--project", str(lost.folder))
    shown = discover()
    assert yaml.safe_load(shown)["config"]["ceph-openstack:cluster"]["fsid"] == lab.FSID
    assert "images (empty, kept by stack lost)" in shown
    keys = lab.keys()
    assert not any(key in shown for key in keys)

    wired = {node: lab.etc(node) for node in lab.NODES}
    assert "systemctl restart glance-api" in command("undo", *project, "--host", "controller1")
    assert {node: lab.etc(node) for node in lab.NODES} == wired

    lab.on("ceph1", "rbd", "create", "--size", "1M", "volumes/precious")
    try:
        refused = command("undo", *project, "--cluster", "--really", status=1)
        assert "it holds 1 image (precious)" in refused
        assert "nothing was changed" in refused
    finally:
        lab.on("ceph1", "rbd", "rm", "--no-progress", "volumes/precious")

    for host in (lab.CONTROLLER, *lab.COMPUTES):
        command("undo", *project, "--host", host, "--really")
        assert not lab.exists(host, "/var/lib/ceph-openstack")
        assert not lab.exists(host, "/etc/ceph/ceph.conf")
    command("undo", *project, "--cluster", "--really")
    assert lab.cluster_state()["config-keys"] == []
    assert not {"images", "volumes", "backups", "vms"} & set(lab.cluster_state()["pools"])
    assert "there is nothing to undo" in command("undo", *project, "--cluster")
    assert all(unit.active == "active" for unit in lab.units().values())
