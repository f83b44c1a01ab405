"""Drift: `preview --refresh` names what somebody changed, `up --refresh` repairs it and restarts only its readers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, ClassVar

import pytest

from tests.live import lab
from tests.live.drift import Drift, Round, Snapshot, changed_files, configuration, play, process_reads, snapshot
from tests.live.stack import Stack

CONTROLLER = lab.CONTROLLER
GLANCE, VOLUME, BACKUP = (CONTROLLER, "glance-api"), (CONTROLLER, "cinder-volume"), (CONTROLLER, "cinder-backup")
NOVA1, NOVA2 = ("compute1", "nova-compute"), ("compute2", "nova-compute")
CINDER_CONF, NOVA_CONF, GLANCE_CONF = "/etc/cinder/cinder.conf", "/etc/nova/nova.conf", "/etc/glance/glance-api.conf"


def keyring(entity: str) -> str:
    return f"/etc/ceph/ceph.client.{entity}.keyring"


def another_key() -> str:
    """Return a key that the cluster knows as another user's."""
    return lab.on("ceph1", "ceph", "auth", "print-key", "client.glance").strip()


def edits(node: str, path: str, script: str) -> Callable[[], None]:
    return lambda: lab.edit(node, path, script)


def runs(node: str, *command: str) -> Callable[[], None]:
    return lambda: void(lab.on(node, *command))


def void(_: Any) -> None:
    return None


def write_another_key() -> None:
    text = f"[client.cinder]\n\tkey = {another_key()}\n"
    lab.on("compute1", "sh", "-c", f"cat > {keyring('cinder')}", stdin=text)


def set_another_value() -> None:
    (uuid,) = lab.secrets("compute1")
    lab.on("compute1", "virsh", "secret-set-value", uuid, "--file", "/dev/stdin", stdin=another_key())


def undefine() -> None:
    (uuid,) = lab.secrets("compute2")
    lab.on("compute2", "virsh", "secret-undefine", uuid)


def remove_section() -> None:
    """Remove [rbd], the last section of the file, and the blank line before that section."""
    lab.on(CONTROLLER, "python3", "-c", f"import re, pathlib; p = pathlib.Path({GLANCE_CONF!r}); t = p.read_text();"
           r"n = re.sub(r'\n\[rbd\]\n[^\[]*', '', t); assert n != t; p.write_text(n)")  # fmt: skip


def edit_and_restart() -> None:
    lab.edit("compute2", NOVA_CONF, "s/^images_rbd_pool = vms$/images_rbd_pool = nopool/")
    lab.on("compute2", "systemctl", "restart", "nova-compute")


def run_with_older_options() -> None:
    """Restart a service with an older file, and put the right file back while the service runs."""
    lab.edit(CONTROLLER, CINDER_CONF, "s/^backup_ceph_chunk_size = .*/backup_ceph_chunk_size = 4096/")
    lab.on(CONTROLLER, "systemctl", "restart", "cinder-backup")
    lab.edit(CONTROLLER, CINDER_CONF, "s/^backup_ceph_chunk_size = .*/backup_ceph_chunk_size = 134217728/")


BESIDE_SERVICES = (
    Drift(
        "caps of a user",
        runs("ceph1", "ceph", "auth", "caps", "client.glance", "mon", "profile rbd", "osd", "profile rbd pool=vms"),
        "glance-user",
        "caps",
    ),
    Drift("size of a pool", runs("ceph1", "ceph", "osd", "pool", "set", "images", "size", "2"), "glance-pool", "size"),
    Drift("value of a secret", set_another_value, "cinder-secret-compute1", '"stale" => "current"'),
    Drift("secret undefined", undefine, "cinder-secret-compute2", '"missing" => "current"'),
    Drift("mode of a directory", runs("compute2", "chmod", "0751", "/etc/ceph"), "ceph-directory-compute2", "mode"),
)
KEYRINGS = (
    Drift(
        "mode of a keyring",
        runs(CONTROLLER, "chmod", "0600", keyring("glance")),
        "glance-keyring-controller1",
        'mode: "0600" => "0640"',
        (GLANCE,),
    ),
    Drift(
        "owner of a keyring",
        runs(CONTROLLER, "chown", "root", keyring("cinder-backup")),
        "cinder-backup-keyring-controller1",
        'owner: "root" => "cinder"',
        (BACKUP,),
    ),
    Drift("another key", write_another_key, "cinder-keyring-compute1", '"stale" => "current"', (NOVA1,)),
    Drift(
        "keyring gone",
        runs("compute2", "rm", keyring("cinder")),
        "cinder-keyring-compute2",
        '"missing" => "current"',
        (NOVA2,),
    ),
)
OPTIONS = (
    Drift(
        "an option of cinder.conf",
        edits(CONTROLLER, CINDER_CONF, "s/^rbd_pool = volumes$/rbd_pool = vms/"),
        "cinder-config-controller1",
        'rbd_pool: "vms" => "volumes"',
        (VOLUME,),
        (VOLUME, "ceph", "rbd_pool", "volumes"),
    ),
    Drift(
        "an option of nova.conf",
        edits("compute1", NOVA_CONF, "s/^hw_disk_discard = unmap$/hw_disk_discard = ignore/"),
        "nova-config-compute1",
        'hw_disk_discard: "ignore" => "unmap"',
        (NOVA1,),
        (NOVA1, "libvirt", "hw_disk_discard", "unmap"),
    ),
    Drift(
        "a section gone",
        remove_section,
        "glance-config-controller1",
        "rbd_store_pool",
        (GLANCE,),
        (GLANCE, "rbd", "rbd_store_pool", "images"),
    ),
    Drift("ceph.conf gone", runs("compute2", "rm", "/etc/ceph/ceph.conf"), "ceph-conf-compute2", "mon_host", (NOVA2,)),
)
PROCESSES = (
    Drift(
        "item taken out of a list",
        edits(CONTROLLER, CINDER_CONF, "s/^(enabled_backends = .*), ?ceph$/\\1/"),
        "cinder-config-controller1",
        "enabled_backends",
        (VOLUME,),
    ),
    Drift(
        "an option of ceph.conf",
        edits("compute1", "/etc/ceph/ceph.conf", "s/^mon_host = .*/mon_host = 127.0.2.99/"),
        "ceph-conf-compute1",
        'mon_host: "127.0.2.99" =>',
        (NOVA1,),
    ),
    Drift(
        "service stopped",
        runs(CONTROLLER, "systemctl", "stop", "glance-api"),
        "glance-api-controller1",
        "active",
        (GLANCE,),
    ),
    Drift(
        "option edited and service restarted",
        edit_and_restart,
        "nova-config-compute2",
        'images_rbd_pool: "nopool" => "vms"',
        (NOVA2,),
        (NOVA2, "libvirt", "images_rbd_pool", "vms"),
    ),
    Drift(
        "process with older options than the file",
        run_with_older_options,
        "cinder-backup-controller1",
        'configuration: "stale" => "current"',
        (BACKUP,),
        (BACKUP, "DEFAULT", "backup_ceph_chunk_size", "134217728"),
    ),
)
USER_GONE = Drift("user gone", runs("ceph1", "ceph", "auth", "rm", "client.cinder"), "cinder-user", "present")


@pytest.fixture(scope="module")
def delivered() -> Snapshot:
    """The lab before the stack."""
    return snapshot()


@pytest.fixture(scope="module")
def wired(delivered: Snapshot, stack: Stack) -> Stack:
    stack.up().ok()
    return stack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "drift" in metafunc.fixturenames:
        metafunc.parametrize("drift", metafunc.cls.drifts, ids=str)


@pytest.fixture(scope="module")
def rounds(wired: Stack) -> Callable[..., Round]:
    """Play each round once, for the first test that asks for that round."""
    return cache(lambda *drifts: play(wired, *drifts))


class Repaired:
    """What holds for every round."""

    drifts: ClassVar[tuple[Drift, ...]]

    def test_the_preview_names_it(self, rounds: Callable[..., Round], drift: Drift) -> None:
        rounds(*self.drifts).expect_named(drift)

    def test_exactly_it_is_repaired(self, rounds: Callable[..., Round]) -> None:
        rounds(*self.drifts).expect_exactly()

    def test_its_reader_runs_with_the_repair(self, rounds: Callable[..., Round], drift: Drift) -> None:
        played = rounds(*self.drifts)
        for node, unit in drift.restarted:
            assert played.after.units[node, unit].invocation != played.before.units[node, unit].invocation
        if drift.option:
            played.expect_read(drift)


class TestBesideServices(Repaired):
    drifts = BESIDE_SERVICES


class TestKeyrings(Repaired):
    drifts = KEYRINGS


class TestOptions(Repaired):
    drifts = OPTIONS


class TestProcesses(Repaired):
    drifts = PROCESSES


class TestNoDrift:
    """What an operator may change without any reaction of ours."""

    @pytest.fixture
    def of_another_team(self) -> Iterator[None]:
        """Another team's lines in nova.conf, which are removed after the test."""
        yield
        lab.edit("compute1", NOVA_CONF, "/^# of another team$/,+1d")

    def test_a_restart_then_a_comment(self, wired: Stack, of_another_team: None) -> None:
        lab.on(CONTROLLER, "systemctl", "restart", "cinder-volume")
        lab.edit("compute1", NOVA_CONF, "s/^(\\[libvirt\\])$/\\1\\n# of another team\\nnfs_mount_options = vers=4.2/")
        self.expect_nothing(wired)
        assert process_reads("compute1", "nova-compute", "libvirt", "nfs_mount_options") == "vers=4.2"
        lab.edit(CONTROLLER, CINDER_CONF, "1s/^/# of another team\\n/")
        try:
            self.expect_nothing(wired)
        finally:
            lab.edit(CONTROLLER, CINDER_CONF, "1d")

    @staticmethod
    def expect_nothing(stack: Stack) -> None:
        before = snapshot()
        stack.preview("--refresh", "--expect-no-changes").ok()
        run = stack.up("--refresh", "--expect-no-changes").ok()
        assert run.count("restart_unit") == run.count("apply") == 0
        assert snapshot() == before


class TestUserGone:
    """A user that vanished is made anew, and in the same run the user's keyrings, secrets and services follow."""

    FOLLOW = (
        "cinder-user",
        "cinder-keyring-controller1",
        "cinder-keyring-compute1",
        "cinder-keyring-compute2",
        "cinder-secret-compute1",
        "cinder-secret-compute2",
        "cinder-volume-controller1",
        "cinder-backup-controller1",
        "nova-compute-compute1",
        "nova-compute-compute2",
    )

    def test_one_run_is_enough(self, rounds: Callable[..., Round]) -> None:
        played = rounds(USER_GONE)
        assert played.updated == set(self.FOLLOW)
        assert played.restarted == {VOLUME, BACKUP, NOVA1, NOVA2}
        assert played.up.count("restart_unit") == 4
        (uuid,) = lab.secrets("compute1")
        with_the_key = [keyring("cinder"), f"/etc/libvirt/secrets/{uuid}.base64"]
        changed = {CONTROLLER: with_the_key[:1], **dict.fromkeys(lab.COMPUTES, with_the_key)}
        assert changed_files(played.before, played.after) == changed
        run = played.stack.up("--refresh", "--expect-no-changes").ok()
        assert run.count("restart_unit") == 0

    def test_the_preview_names_all_that_follows(self, rounds: Callable[..., Round]) -> None:
        played = rounds(USER_GONE)
        for resource in self.FOLLOW:
            assert "(update)" in played.diff(resource), resource

    def test_everybody_has_the_new_key(self, rounds: Callable[..., Round]) -> None:
        played = rounds(USER_GONE)
        key, caps = played.after.cluster["users"]["client.cinder"]
        assert [key, caps] != played.before.cluster["users"]["client.cinder"]
        assert caps == played.before.cluster["users"]["client.cinder"][1]
        for node in lab.COMPUTES:
            assert list(played.after.secrets[node].values()) == [hashlib.sha256(key.encode()).hexdigest()]
        for node, user in ((CONTROLLER, "cinder"), ("compute1", "nova"), ("compute2", "nova")):
            listed = lab.as_user(node, user, "timeout", "30", "rbd", "--id", "cinder", "--pool", "volumes", "ls")
            assert listed.returncode == 0, listed.stderr


class TestPoolGone:
    """A pool that vanished took its data along, so the run says so and asks, and never makes a new, empty pool."""

    def test_no_empty_pool_takes_its_place(self, wired: Stack) -> None:
        before, resources = snapshot(), set(wired.resources())
        lab.on("ceph1", "ceph", "osd", "pool", "delete", "backups", "backups", "--yes-i-really-really-mean-it")
        preview = wired.preview("--refresh", "--diff").ok()
        assert "present: false => true" in re.sub(r" +:", ":", preview.output)
        run = wired.up("--refresh")
        assert run.status != 0
        advice = re.search(r"pool backups was there and is gone.*run `(ceph config-key rm \S+)`", run.output)
        assert advice, run.output[-3000:]
        after = snapshot()
        assert "backups" not in after.cluster["pools"]
        assert set(wired.resources()) == resources
        assert changed_files(before, after) == {}
        assert (after.secrets, after.units) == (before.secrets, before.units)
        lab.on("ceph1", *advice[1].split())
        again = wired.up().ok()
        assert again.count("restart_unit") == 0
        after = snapshot()
        assert changed_files(before, after) == {}
        assert (after.cluster, after.units) == (before.cluster, before.units)


class TestOverridden:
    """An error names nova-compute.conf, because nova-compute reads that file after nova.conf and its values win."""

    def test_the_error_names_the_later_file(self, wired: Stack) -> None:
        before = snapshot()
        resources = wired.resources()
        lab.edit("compute1", "/etc/nova/nova-compute.conf", "s/^(\\[libvirt\\])$/\\1\\nimages_type = qcow2/")
        try:
            preview = wired.preview("--refresh", "--diff").ok()
            assert re.search(r'images_type: "qcow2" => "rbd"', preview.output), preview.output[-3000:]
            run = wired.up("--refresh")
            assert run.status != 0
            error = r"nova-compute.conf: line \d+ is read after /etc/nova/nova.conf and sets \[libvirt\] images_type"
            assert re.search(error, run.output), run.output[-3000:]
            assert run.count("restart_unit") == 0
        finally:
            lab.edit("compute1", "/etc/nova/nova-compute.conf", "/^images_type = qcow2$/d")
        assert set(wired.resources()) == set(resources)
        assert snapshot() == before
        again = wired.up("--refresh").ok()
        assert again.count("restart_unit") == 0
        assert snapshot() == before


class TestAfterwards:
    """After all those repairs the journal still knows what was there first."""

    def test_destroy_still_restores_etc(self, delivered: Snapshot, wired: Stack) -> None:
        wired.destroy().ok()
        for node in lab.NODES:
            assert configuration(node) == delivered.etc[node]
        assert lab.cluster_state() == delivered.cluster


@pytest.fixture(scope="module", autouse=True)
def nothing_left(delivered: Snapshot) -> Iterator[None]:
    """Put the lab's files back if a test was cut off in the middle of its drift."""
    yield
    lab.on("compute1", "sed", "-i", "/^images_type = qcow2$/d", "/etc/nova/nova-compute.conf")
