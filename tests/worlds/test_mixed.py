"""A new cluster of Ceph 20 with older clients: its keys reach no host that would write them into a log.

The world `mixed` is such a cloud. First the run is refused, and then the way out that the refusal names is taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from lab.record import world
from tests.live import lab
from tests.live.stack import Stack

OLD, NEW = 40, 60
"""Characters of a key of type aes, and of one of type aes256k."""
USERS = ("client.glance", "client.cinder", "client.cinder-backup")
CLIENTS = (lab.CONTROLLER, *lab.COMPUTES)
LOGS = "/var/log /var/lib/nova /etc /run/log"


@pytest.fixture(scope="module", autouse=True)
def of_this_world(lab_is_up: None) -> None:
    if world().name != "mixed":
        pytest.skip(f"every host of world {world().name} reads the cluster's keys: run make proof WORLD=mixed")


@pytest.fixture(scope="module")
def before(stack: Stack) -> dict[str, Any]:
    return everything()


def everything() -> dict[str, Any]:
    return {"etc": {node: lab.etc(node) for node in lab.NODES}, "cluster": lab.cluster_state(), "monitors": ciphers()}


def ciphers() -> dict[str, Any]:
    """Return what the monitors allow and make, and the options that are set."""
    dump = lab.ceph("mon", "dump")
    names = ("auth_service_cipher", "auth_allowed_ciphers", "auth_preferred_cipher")
    return {**{name: dump[name] for name in names}, "config": lab.ceph("config", "dump")}


def keys() -> dict[str, str]:
    """Return the key of each user of the cluster."""
    return {row["entity"]: row["key"] for row in lab.ceph("auth", "ls")["auth_dump"]}


def files_with(key: str, node: str) -> list[str]:
    """Return the files of a node, logs among them, in which a key stands, and `journal` if it stands there."""
    journal = f"journalctl --no-pager | grep -qF -- '{key}' && echo journal"
    return lab.shell(node, f"grep -rlFs -- '{key}' {LOGS}; {journal}", check=False).split()


def verified(stack: Stack) -> list[dict[str, str]]:
    """Return the links that `verify` has looked at."""
    arguments = ["--stack", stack.name, "--project", str(stack.folder), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "commands", "verify", *arguments],
        cwd=lab.CHECKOUT,
        env={**os.environ, "OS_CLIENT_CONFIG_FILE": str(lab.CHECKOUT / ".state" / "lab" / "clouds.yaml")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[dict[str, str]] = json.loads(done.stdout)["links"]
    return found


def test_the_cluster_makes_keys_that_the_hosts_cannot_read() -> None:
    """Else nothing here shows anything."""
    lab.on("ceph1", "ceph", "auth", "get-or-create", "client.probe", "mon", "profile rbd")
    key = keys()["client.probe"]
    assert len(key) == NEW
    keyring = f"[client.probe]\nkey = {key}\n"
    for host in CLIENTS:
        lab.on(host, "tee", "/dev/shm/probe", stdin=keyring)  # in memory, and gone at once: librados here prints keys
        tried = lab.shell(
            host, "rbd --id probe --keyring /dev/shm/probe -m 127.0.2.1 ls 2>&1; rm /dev/shm/probe", check=False
        )
        assert "Malformed input" in tried, tried
    lab.on("ceph1", "ceph", "auth", "rm", "client.probe")


def test_the_run_is_refused_by_name_before_anything_is_changed(stack: Stack, before: dict[str, Any]) -> None:
    del stack.settings["cluster"]["key_type"]
    stack.write()
    run = stack.up()
    assert run.status != 0
    lines = [line.strip() for line in run.output.splitlines() if "nothing was changed: keys of this cluster" in line]
    for words in (
        "are of type aes256k",
        "which librados 18.2.7",
        "compute1, compute2, controller1",
        "upgrade librados there to 19.2.6, 20.2.4 or later",
        "ceph-openstack:cluster.key_type: aes",
    ):
        assert words in lines[0]
    assert everything() == before


def test_the_way_out_is_previewed(stack: Stack) -> None:
    stack.settings["cluster"]["key_type"] = "aes"
    stack.write()
    shown = stack.preview().ok().output
    assert "key-type-aes" in shown
    assert "(CVE-2025-30156)" in shown


def test_with_it_everything_works(stack: Stack, before: dict[str, Any]) -> None:
    stack.up().ok()
    assert {entity: len(keys()[entity]) for entity in USERS} == dict.fromkeys(USERS, OLD)
    rows = verified(stack)
    assert len(rows) > 30
    assert [row for row in rows if row["result"] not in ("ok", "skipped", "warning")] == []
    stack.preview("--expect-no-changes").ok()
    for host in CLIENTS:
        user = "cinder" if host == lab.CONTROLLER else "nova"
        assert lab.as_user(host, user, "rbd", "--id", "cinder", "ls", "volumes").returncode == 0
    assert {place: unit.active for place, unit in lab.units().items()} == dict.fromkeys(lab.SERVICES, "active")


def test_a_key_that_was_rotated_to_the_newer_type_is_not_handed_over(stack: Stack) -> None:
    """As an administrator does who follows the cluster's health; the services go on with what they have read."""
    started = {place: unit.invocation for place, unit in lab.units().items()}
    lab.on("ceph1", "ceph", "auth", "rotate", "client.cinder", "--key_type", "aes256k")
    key = keys()["client.cinder"]
    assert len(key) == NEW
    run = stack.up("--refresh")
    assert run.status != 0
    assert "the key of client.cinder is of type aes256k, which librados 18.2.7" in run.output
    assert "ceph auth rotate client.cinder --key_type aes" in run.output
    assert key not in run.output
    assert {host: files_with(key, host) for host in CLIENTS} == {host: [] for host in CLIENTS}
    assert {place: unit.invocation for place, unit in lab.units().items()} == started
    lab.on("ceph1", "ceph", "auth", "rotate", "client.cinder", "--key_type", "aes")
    stack.up("--refresh").ok()
    assert len(keys()["client.cinder"]) == OLD


def test_a_destroy_leaves_cluster_and_hosts_as_they_were(stack: Stack, before: dict[str, Any]) -> None:
    stack.destroy().ok()
    assert everything() == before
