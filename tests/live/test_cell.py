"""A cell: computes with keys from files and no way into the cluster.

Also hosts that have left the settings, and hosts whose address leads to another machine now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import lab
from tests.live.stack import Stack

NODES = ("ceph1", "compute2")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make what the stack with admin access would have made, and the key file that the stack's operator hands over."""
    for pool in ("volumes", "vms"):
        lab.on("ceph1", "ceph", "osd", "pool", "create", pool, "8")
        lab.on("ceph1", "rbd", "pool", "init", pool)
    osd = "profile rbd pool=volumes, profile rbd pool=vms"
    lab.on("ceph1", "ceph", "auth", "get-or-create", "client.cinder", "mon", "profile rbd", "osd", osd)
    path = tmp_path_factory.mktemp("keys") / "cinder.keyring"
    path.write_text(lab.on("ceph1", "ceph", "auth", "get", "client.cinder"))
    path.chmod(0o600)
    yield path
    lab.on("ceph1", "ceph", "auth", "rm", "client.cinder")
    for pool in ("volumes", "vms"):
        lab.on("ceph1", "ceph", "osd", "pool", "rm", pool, pool, "--yes-i-really-really-mean-it")


@pytest.fixture(scope="module")
def cell(stack: Stack, key_file: Path) -> Stack:
    settings = stack.settings
    for service in ("glance", "cinder_backup"):
        del settings[service]
    del settings["cluster"]["admin_host"]
    settings["cluster"]["keys"] = {"client.cinder": {"file": str(key_file)}}
    settings["hosts"] = {"compute2": settings["hosts"]["compute2"]}
    settings["cinder"] = {"hosts": [], "pool": {"name": "volumes"}}
    settings["nova"] = {"hosts": ["compute2"], "pool": {"name": "vms"}}
    stack.write()
    return stack


@pytest.fixture(scope="module")
def before(cell: Stack) -> dict[str, Any]:
    return _all()


def _all() -> dict[str, Any]:
    etc = {node: lab.etc(node) for node in NODES}
    return {"etc": etc, "cluster": lab.cluster_state(), "secrets": lab.secrets("compute2")}


def test_a_compute_is_wired_from_a_key_file(cell: Stack, before: dict[str, Any]) -> None:
    logins = lab.logins("ceph1")
    run = cell.up().ok()
    assert run.connections == {"compute2": 1}
    assert lab.logins("ceph1") == logins
    assert lab.cluster_state() == before["cluster"]
    listed = lab.as_user("compute2", "nova", "timeout", "30", "rbd", "--id", "cinder", "--pool", "vms", "ls")
    assert listed.returncode == 0, listed.stderr
    (uuid,) = lab.secrets("compute2")
    key = lab.cluster_state()["users"]["client.cinder"][0]
    assert lab.on("compute2", "virsh", "--quiet", "secret-get-value", uuid).strip() == key
    exported = cell.pulumi("stack", "export", "--stack", cell.name, "--show-secrets").output
    assert key not in exported
    assert key not in run.output


def test_refresh_compares_with_the_key_file(cell: Stack) -> None:
    run = cell.up("--refresh", "--expect-no-changes").ok()
    assert run.connections == {"compute2": 1}


def test_the_key_may_come_from_the_environment(cell: Stack) -> None:
    cell.settings["cluster"]["keys"] = {"client.cinder": {"env": "CINDER_KEY"}}
    cell.write()
    key = lab.cluster_state()["users"]["client.cinder"][0]
    cell.up("--refresh", "--expect-no-changes", CINDER_KEY=key).ok()


def test_a_deletion_on_another_machine_is_refused(cell: Stack) -> None:
    """compute1 answers at compute2's address, as a machine that was installed anew would."""
    files = {node: lab.etc(node) for node in lab.COMPUTES}
    there = cell.settings["hosts"]["compute2"]
    cell.settings["hosts"]["compute2"] = {"address": "127.0.2.21"}
    cell.write()
    run = cell.destroy()
    cell.settings["hosts"]["compute2"] = there
    cell.write()
    assert run.status != 0
    assert "this is not the machine that was changed" in run.output
    assert {node: lab.etc(node) for node in lab.COMPUTES} == files


def test_a_host_that_left_the_settings_is_still_reached(cell: Stack, before: dict[str, Any]) -> None:
    cell.settings["hosts"] = {"compute1": {"address": "127.0.2.21"}}
    cell.settings["nova"]["hosts"] = []
    cell.write()
    run = cell.up(CINDER_KEY="unused").ok()
    assert run.connections == {"compute2": 1}
    assert _all() == before
    assert not lab.exists("compute2", "/var/lib/ceph-openstack")
    assert not lab.exists("compute2", "/run/ceph-openstack")
    cell.destroy().ok()
