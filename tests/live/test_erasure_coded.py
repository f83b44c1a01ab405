"""Volumes whose data is in an erasure-coded pool, servers' disks on a device class, limits and schedules of a pool.

Cinder's user makes images, writes and reads them as the service would, from its own ceph.conf and keyring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lab.ceph import OSDS
from tests.live import lab
from tests.live.drift import Snapshot, snapshot
from tests.live.stack import Run, Stack

CONTROLLER, COMPUTE = lab.CONTROLLER, "compute1"
PROFILE = {"k": 2, "m": 1, "failure_domain": "osd"}
DATA = {"name": "volumes-data", "erasure_code_profile": "ec21", "min_size": 2}
VOLUMES = {
    "name": "volumes",
    "size": 1,
    "min_size": 1,
    "quota_max_objects": 100000,
    "trash_purge_schedule": "1d 04:00",
    "data_pool": DATA,
}
FAST = {"name": "vms", "size": 1, "min_size": 1, "crush_rule": "ssd", "compression_mode": "aggressive"}
BARE = "bare"


def made_of() -> dict[str, Any]:
    """Return the rules and profiles of the cluster, which a destroy has to leave as before."""
    return {
        "rules": sorted(lab.ceph("osd", "crush", "rule", "ls")),
        "profiles": sorted(lab.ceph("osd", "erasure-code-profile", "ls")),
    }


def row(pool: str) -> dict[str, Any]:
    return next(row for row in lab.ceph("osd", "pool", "ls", "detail") if row["pool_name"] == pool)


def schedules(pool: str) -> str:
    return lab.on("ceph1", "rbd", "trash", "purge", "schedule", "ls", "--pool", pool, check=False).strip()


def as_cinder(*command: str) -> str:
    """Run `rbd` on the controller as the service's user, with Cinder's own keyring and ceph.conf."""
    done = lab.as_user(CONTROLLER, "cinder", "timeout", "60", "rbd", "--id", "cinder", *command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(node: str, user: str, image: str, to: str) -> str:
    """Return what a program prints of an image's content that a service's user exports as Cinder's Ceph user."""
    export = f"timeout 60 rbd --id cinder export --no-progress {image} -"
    done = lab.as_user(node, user, "bash", "-o", "pipefail", "-c", f"{export} | {to}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def before(lab_is_up: None) -> dict[str, Any]:
    return made_of()


@pytest.fixture(scope="module")
def erasure_coded(before: dict[str, Any], stack: Stack) -> Stack:
    stack.settings["cluster"]["erasure_code_profiles"] = {"ec21": PROFILE}
    stack.settings["cluster"]["crush_rules"] = {"ssd": {"device_class": "ssd", "failure_domain": "osd"}}
    stack.settings["cinder"]["pool"] = VOLUMES
    # A client has one data pool for all that it makes, therefore Nova's disks need a user of Nova's own.
    stack.settings["nova"] |= {"pool": FAST, "user": {"name": "nova"}}
    stack.write()
    stack.up().ok()
    return stack


class TestUp:
    """What one `up` from nothing makes."""

    def test_the_pool_is_erasure_coded_with_overwrites(self, erasure_coded: Stack) -> None:
        data = row("volumes-data")
        assert (data["type"], data["erasure_code_profile"], data["size"], data["min_size"]) == (3, "ec21", 3, 2)
        assert "ec_overwrites" in data["flags_names"].split(",")
        assert list(data["application_metadata"]) == ["rbd"]

    def test_the_pools_have_their_settings(self, erasure_coded: Stack) -> None:
        assert row("volumes")["quota_max_objects"] == 100000
        assert row("vms")["options"]["compression_mode"] == "aggressive"
        assert schedules("volumes") == "every 1d starting at 04:00:00"

    def test_a_pool_on_a_device_class_is_on_its_osds_alone(self, erasure_coded: Stack) -> None:
        lab.on("ceph1", "rbd", "create", "--size", "1M", "vms/where")
        try:
            placed = lab.ceph("osd", "map", "vms", "rbd_directory")
            assert placed["up"] == [OSDS[-1]]
        finally:
            lab.on("ceph1", "rbd", "rm", "--no-progress", "vms/where")

    def test_only_cinders_section_names_the_data_pool_on_each_host(self, erasure_coded: Stack) -> None:
        for node in (CONTROLLER, COMPUTE):
            text = lab.on(node, "cat", "/etc/ceph/ceph.conf")
            section = text.partition("[client.cinder]")[2].partition("[")[0]
            assert "rbd_default_data_pool = volumes-data" in section
            assert text.count("rbd_default_data_pool") == 1

    def test_both_pools_are_in_the_same_caps(self, erasure_coded: Stack) -> None:
        osd = lab.ceph("auth", "get", "client.cinder")[0]["caps"]["osd"].split(", ")
        assert {"profile rbd pool=volumes", "profile rbd pool=volumes-data"} <= set(osd)
        assert "volumes-data" not in lab.ceph("auth", "get", "client.nova")[0]["caps"]["osd"]

    def test_nothing_is_left_to_do_and_nothing_has_drifted(self, erasure_coded: Stack) -> None:
        erasure_coded.preview("--refresh", "--expect-no-changes").ok()


@pytest.fixture
def image(erasure_coded: Stack) -> Iterator[str]:
    as_cinder("create", "--size", "16M", "volumes/one")
    yield "volumes/one"
    lab.on("ceph1", "rbd", "snap", "purge", "--no-progress", "volumes/one", check=False)
    lab.on("ceph1", "rbd", "rm", "--no-progress", "volumes/one", check=False)


class TestImages:
    """What Cinder's user makes, writes and reads."""

    def test_the_data_goes_to_the_erasure_coded_pool(self, image: str) -> None:
        as_cinder("bench", "--io-type", "write", "--io-size", "4M", "--io-total", "8M", image)
        assert json.loads(as_cinder("info", "--format", "json", image))["data_pool"] == "volumes-data"
        objects = lab.on("ceph1", "rados", "--pool", "volumes-data", "ls").split()
        assert [name for name in objects if name.startswith("rbd_data.")]
        there = lab.on("ceph1", "rados", "--pool", "volumes", "ls").split()
        assert not [name for name in there if name.startswith("rbd_data.")]

    def test_it_is_read_back_and_written_over(self, image: str) -> None:
        lab.shell(CONTROLLER, "head --bytes=4M /dev/urandom > /tmp/data; chmod 0644 /tmp/data")
        try:
            as_cinder("import", "/tmp/data", "volumes/two")
            written = lab.on(CONTROLLER, "sha256sum", "/tmp/data").split()[0]
            assert exported(CONTROLLER, "cinder", "volumes/two", "sha256sum").split()[0] == written
            as_cinder("bench", "--io-type", "write", "--io-size", "4K", "--io-total", "64K", "volumes/two")
            assert exported(CONTROLLER, "cinder", "volumes/two", "sha256sum").split()[0] != written
        finally:
            lab.on(CONTROLLER, "rm", "/tmp/data")
            lab.on("ceph1", "rbd", "rm", "--no-progress", "volumes/two", check=False)

    def test_a_compute_reads_it_as_cinders_user(self, image: str) -> None:
        as_cinder("bench", "--io-type", "write", "--io-size", "4M", "--io-total", "4M", image)
        assert exported(COMPUTE, "nova", image, "wc --bytes").strip() == str(16 << 20)


class TestDrift:
    """What somebody changes by hand is named, and put back."""

    def test_a_quota_a_schedule_and_a_compression(self, erasure_coded: Stack) -> None:
        lab.on("ceph1", "ceph", "osd", "pool", "set-quota", "volumes", "max_objects", "5")
        lab.on("ceph1", "rbd", "trash", "purge", "schedule", "add", "--pool", "volumes", "2h")
        lab.on("ceph1", "ceph", "osd", "pool", "set", "vms", "compression_mode", "unset")
        preview = erasure_coded.preview("--refresh", "--diff").ok()
        for field in ("quota_max_objects", "trash_purge_schedule", "compression_mode"):
            assert field in preview.output
        assert "1d 04:00:00, 2h" in preview.output
        erasure_coded.up("--refresh").ok()
        assert row("volumes")["quota_max_objects"] == 100000
        assert schedules("volumes") == "every 1d starting at 04:00:00"
        assert row("vms")["options"]["compression_mode"] == "aggressive"
        erasure_coded.preview("--refresh", "--expect-no-changes").ok()


@pytest.fixture
def bare(erasure_coded: Stack) -> Iterator[None]:
    """An erasure-coded pool of somebody else's, without overwrites."""
    lab.on("ceph1", "ceph", "osd", "pool", "create", BARE, "8", "8", "erasure", "ec21")
    yield
    lab.on("ceph1", "ceph", "osd", "pool", "delete", BARE, BARE, "--yes-i-really-really-mean-it")
    lab.on("ceph1", "ceph", "osd", "crush", "rule", "rm", BARE, check=False)


def test_a_pool_without_overwrites_is_refused_by_name_and_nothing_is_changed(bare: None, erasure_coded: Stack) -> None:
    whole, pool = snapshot(), erasure_coded.settings["glance"]["pool"]
    data = {"name": BARE, "erasure_code_profile": "ec21", "adopt": True}
    erasure_coded.settings["glance"]["pool"] = {**pool, "data_pool": data}
    erasure_coded.write()
    try:
        run = erasure_coded.up()
        assert run.status != 0
        assert f"pool {BARE} is erasure coded without overwrites, so no image could be written" in run.output
        assert "nothing was changed" in run.output
        assert run.count("apply") == run.count("restart_unit") == 0
        assert snapshot() == whole
    finally:
        erasure_coded.settings["glance"]["pool"] = pool
        erasure_coded.write()
        erasure_coded.up().ok()


@pytest.fixture(scope="module")
def refused(erasure_coded: Stack) -> tuple[Snapshot, Run, Snapshot]:
    """A destroy while a volume has its data in the erasure-coded pool."""
    as_cinder("create", "--size", "8M", "volumes/kept")
    as_cinder("bench", "--io-type", "write", "--io-size", "4M", "--io-total", "4M", "volumes/kept")
    try:
        whole = snapshot()
        run = erasure_coded.destroy()
        return whole, run, snapshot()
    finally:
        lab.on("ceph1", "rbd", "rm", "--no-progress", "volumes/kept")


class TestDestroyWithData:
    """The guard looks at both pools, and nothing is touched."""

    def test_both_pools_are_named(self, refused: tuple[Snapshot, Run, Snapshot]) -> None:
        _, run, _ = refused
        assert run.status != 0
        assert "pool volumes holds 1 image (kept)" in run.output
        assert "pool volumes-data holds 1 image's data" in run.output

    def test_nothing_was_changed(self, refused: tuple[Snapshot, Run, Snapshot]) -> None:
        whole, run, after = refused
        assert after == whole
        assert run.count("apply") == run.count("restart_unit") == 0


def test_a_destroy_leaves_no_pool_rule_or_profile(
    refused: tuple[Snapshot, Run, Snapshot], erasure_coded: Stack, before: dict[str, Any]
) -> None:
    erasure_coded.destroy().ok()
    assert made_of() == before
    assert {"volumes", "volumes-data", "vms"}.isdisjoint(lab.ceph("osd", "pool", "ls"))
    assert "rbd_default_data_pool" not in lab.on(CONTROLLER, "cat", "/etc/ceph/ceph.conf", check=False)
