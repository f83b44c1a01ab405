"""The commands beside `pulumi` on the lab: they look at links, drift and flaws, and undo a stack without its state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml

from lab.command import HUNG_S
from lab.endpoints import CLOUDS
from tests.live import lab
from tests.live.silence import ADDRESS, silent_port
from tests.live.stack import Stack, dev_settings
from tests.proof import cloud

ENTITY = "client.cinder-backup"
KEYRING = f"/etc/ceph/ceph.{ENTITY}.keyring"
AGED = (
    "update services set updated_at = now() - interval 1 hour where `binary` = 'cinder-volume' and host like '%@ceph'"
)
BROKEN = {
    ("caps", "client.glance", "ceph1"),
    ("rbd ls by", "glance as client.glance", "controller1"),
    ("keyring", ENTITY, "controller1"),
    ("rbd ls by", f"cinder as {ENTITY}", "controller1"),
    ("libvirt secret", "client.cinder", "compute2"),
    ("service", "cinder-backup.service", "controller1"),
    ("service", "cinder-volume.service", "controller1"),
    ("volume service", "@ceph", "Cinder"),
}


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that is applied, and whose state no test uses afterwards."""
    stack = Stack(tmp_path_factory.mktemp("lost"), "lost")
    before = {node: lab.etc(node) for node in lab.NODES}, lab.cluster_state()
    stack.up().ok()
    yield stack
    if ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state()) != before:
        stack.destroy()


def command(*arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "commands", *arguments],
        cwd=lab.CHECKOUT,
        env={**os.environ, "OS_CLIENT_CONFIG_FILE": str(CLOUDS)},
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


def verify(stack: Stack, status: int = 0) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return what verify saw: kind, name and place of each link -> result and explanation."""
    arguments = ("--stack", stack.name, "--project", str(stack.folder), "--cloud", "lab-admin", "--json")
    text = command("verify", *arguments, status=status)
    keys = lab.keys()
    assert not any(key in text for key in keys)
    links = json.loads(text)["links"]
    return {(row["kind"], row["name"], row["where"]): (row["result"], row["seen"]) for row in links}


def results(links: dict[tuple[str, str, str], tuple[str, str]], result: str) -> set[tuple[str, str, str]]:
    return {link for link, (found, _) in links.items() if found == result}


@pytest.fixture
def image() -> Iterator[str]:
    admin = cloud.connect("lab-admin")
    made = admin.image.create_image(name="seen", data=b"x" * 4096, disk_format="raw", container_format="bare")
    yield made.id
    admin.image.delete_image(made.id)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_verify_finds_every_link_whole_over_one_connection_per_host(lost: Stack, image: str) -> None:
    before = {node: (lab.etc(node), lab.logins(node)) for node in lab.NODES}, lab.cluster_state()
    links = verify(lost)
    after = {node: (lab.etc(node), lab.logins(node) - 1) for node in lab.NODES}, lab.cluster_state()
    assert after == before
    # The lab has one endpoint for public and internal use.
    assert results(links, "warning") == {("public endpoint", "", "Glance")}
    assert set(links) - results(links, "ok") == {("public endpoint", "", "Glance")}, links
    assert "1 image" in links["rbd ls by", "glance as client.glance", "controller1"][1]
    assert "not shown by this release" in links["store", "rbd", "Glance"][1]
    assert image in links["direct URL", "rbd", "Glance"][1]


def test_verify_names_exactly_the_links_that_are_broken(lost: Stack) -> None:
    caps = lab.ceph("auth", "get", "client.glance")[0]["caps"]
    secret = next(iter(lab.secrets("compute2")))
    value = lab.on("compute2", "virsh", "--quiet", "secret-get-value", secret).strip()
    try:
        lab.ceph("auth", "caps", "client.glance", "mon", caps["mon"], "osd", "profile rbd pool=volumes")
        lab.shell("controller1", f"chown root:root {KEYRING}")
        set_secret(secret, "QUFBQQ==")
        lab.on("controller1", "systemctl", "stop", "cinder-volume", "cinder-backup")
        lab.on("controller1", "mysql", "cinder", stdin=AGED)
        links = verify(lost, status=2)
        assert results(links, "broken") == BROKEN
        assert (
            "caps of client.glance do not allow it" in links["rbd ls by", "glance as client.glance", "controller1"][1]
        )
        assert "owner root instead of cinder" in links["keyring", ENTITY, "controller1"][1]
    finally:
        lab.ceph("auth", "caps", "client.glance", *(word for cap in caps.items() for word in cap))
        lab.shell("controller1", f"chown cinder:cinder {KEYRING} && systemctl start cinder-volume cinder-backup")
        set_secret(secret, value)
    limit = time.monotonic() + HUNG_S
    while True:
        try:
            links = verify(lost)
        except AssertionError:
            if time.monotonic() > limit:
                raise
        else:
            break
    assert results(links, "broken") == set()


NO_VERDICT = "no verdict, because not everything could be looked at"


def drift(stack: Stack, status: int = 0) -> dict[str, Any]:
    """Return what drift printed as JSON."""
    text = command("drift", "--stack", stack.name, "--project", str(stack.folder), "--json", status=status)
    keys = lab.keys()
    assert not any(key in text for key in keys)
    document: dict[str, Any] = json.loads(text)
    assert document["summary"]["status"] == status
    return document


def wrong(document: dict[str, Any]) -> dict[str, str]:
    """Return the result of each resource that is not right."""
    return {row["name"]: row["result"] for row in document["resources"] if row["result"] != "right"}


def test_drift_finds_every_resource_right_without_state_over_one_connection_per_host(lost: Stack) -> None:
    before = {node: (lab.etc(node), lab.logins(node)) for node in lab.NODES}, lab.cluster_state(), lab.units()
    document = drift(lost)
    after = {node: (lab.etc(node), lab.logins(node) - 1) for node in lab.NODES}, lab.cluster_state(), lab.units()
    assert after == before
    assert wrong(document) == {}
    applied = {name for name, row in lost.resources().items()} - {"guard"}
    assert {row["name"] for row in document["resources"]} == applied


def test_drift_names_one_option(lost: Stack) -> None:
    path = lab.CONF["nova-compute"]
    lab.edit("compute1", path, "s/^images_rbd_pool = vms$/images_rbd_pool = other/")
    try:
        document = drift(lost, status=2)
        assert wrong(document) == {"nova-config-compute1": "differs", "nova-compute-compute1": "differs"}
        (row,) = [row for row in document["resources"] if row["name"] == "nova-config-compute1"]
        assert row["differences"] == [{"field": "[libvirt] images_rbd_pool", "wanted": "vms", "found": "other"}]
    finally:
        lab.edit("compute1", path, "s/^images_rbd_pool = other$/images_rbd_pool = vms/")
    assert wrong(drift(lost)) == {}


@contextmanager
def settings_changed(stack: Stack, **changes: Any) -> Iterator[None]:
    """Let the commands read other settings, which are never applied."""
    before = stack.settings
    stack.settings = {**before, **changes}
    stack.write()
    try:
        yield
    finally:
        stack.settings = before
        stack.write()


@pytest.mark.parametrize("verb", ["drift", "verify", "lint"])
def test_a_host_that_does_not_answer_leaves_no_verdict(lost: Stack, verb: str) -> None:
    arguments = (verb, "--stack", lost.name, "--project", str(lost.folder))
    ssh = {**lost.settings["ssh"], "connect_timeout_s": 3}
    with silent_port() as port:
        silent = {"address": ADDRESS, "port": port}
        with settings_changed(lost, ssh=ssh, hosts={**lost.settings["hosts"], "compute2": silent}):
            shown = command(*arguments, status=3)
            (row,) = [line for line in shown.splitlines() if "no answer from" in line]
            assert row.startswith(("compute2", "host  ")), shown
            assert "compute2" in row
        with settings_changed(lost, ssh=ssh, hosts=dict.fromkeys(lost.settings["hosts"], silent)):
            shown = command(*arguments, status=3)
            assert all(f"{host} ({ADDRESS}): no answer" in shown for host in lost.settings["hosts"])
            assert shown.splitlines()[-1] == NO_VERDICT


def test_pulumis_own_job_is_green_when_nobody_answered_as_the_documentation_says(lost: Stack) -> None:
    """If this test is red one day, docs/drift.md, docs/operations.md and README.md have a warning to take out."""
    ssh = {**lost.settings["ssh"], "connect_timeout_s": 3}
    with silent_port() as port:
        hosts = {key: {"address": ADDRESS, "port": port} for key in lost.settings["hosts"]}
        with settings_changed(lost, ssh=ssh, hosts=hosts):
            run = lost.preview("--refresh", "--expect-no-changes")
    assert run.status == 0, run.output[-4000:]
    assert "was not checked" in run.output


@pytest.mark.parametrize("verb", ["drift", "verify", "lint"])
def test_a_missing_private_key_leaves_no_verdict_and_names_the_hosts(lost: Stack, verb: str) -> None:
    with settings_changed(lost, ssh={**lost.settings["ssh"], "identity_file": "/nowhere/id"}):
        shown = command(verb, "--stack", lost.name, "--project", str(lost.folder), status=3)
    for host in ("ceph1", "controller1", "compute1", "compute2"):
        assert f"{host} (127.0.2." in shown
    assert "the private key /nowhere/id cannot be read" in shown


def test_lint_names_what_a_guide_left_behind_and_never_a_key(lost: Stack) -> None:
    arguments = ("lint", "--stack", lost.name, "--project", str(lost.folder))
    assert command(*arguments).splitlines()[-1] == "verdict: nothing that is dead or does harm"
    caps = lab.ceph("auth", "get", "client.glance")[0]["caps"]
    key = lab.on("ceph1", "ceph", "auth", "print-key", "client.cinder").strip()
    conf = lab.CONF["nova-compute"]
    try:
        lab.on("compute1", "sh", "-c", "cat > /etc/ceph/client.cinder.key", stdin=key)
        lab.shell("compute1", f"cp -p {conf} /root/before && sed -i '/^.DEFAULT./a live_migration_flag = x' {conf}")
        lab.ceph("auth", "caps", "client.glance", "mon", "allow r", "osd", caps["osd"], "mgr", caps["mgr"])
        shown = command(*arguments, status=2)
        assert key not in shown
        assert "holds the key of client.cinder" in shown
        assert "[DEFAULT] live_migration_flag  removed in Juno, zed ignores it" in shown
        assert "cannot blocklist a dead client" in shown
    finally:
        lab.shell("compute1", "rm -f /etc/ceph/client.cinder.key")
        lab.shell("compute1", f"mv /root/before {conf}")
        lab.ceph("auth", "caps", "client.glance", *(word for cap in caps.items() for word in cap))
    assert wrong(drift(lost)) == {}


def set_secret(uuid: str, value: str) -> None:
    argv = ("virsh", "--quiet", "secret-set-value", "--secret", uuid, "--file", "/dev/stdin")
    lab.on("compute2", *argv, stdin=value)


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
