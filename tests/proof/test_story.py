"""The life of data on a wired cloud: image, volume, server, token, snapshot, backup; then nothing is left.

The steps build on one another, as they do for a user. After a failure, each later step says what the step lacks.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab.guest import BOOT_SLOT, COUNT_SLOT
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.cloud import until
from tests.proof.guest import Console
from tests.proof.world import World

MARKER = f"marker-{secrets.token_hex(8)}"
STANDARD = "Performing standard snapshot"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    return {"etc": {node: lab.etc(node) for node in lab.NODES}, "cluster": lab.cluster_state()}


@pytest.fixture(scope="module")
def disk(guest_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guest.disk_with(MARKER, guest_disk, tmp_path_factory.mktemp("guest") / "guest.raw")


@pytest.fixture
def cloud(user: Connection) -> Connection:
    return user


def compute_log(world: World) -> str:
    return lab.log_since_start(world.host, "nova-compute")


def test_an_image_is_uploaded_before_there_is_ceph(cloud: Connection, world: World, disk: Path, before: object) -> None:
    world.earlier = steps.upload(cloud, "earlier", disk)
    assert lab.exists("controller1", f"/var/lib/glance/images/{world.earlier.id}")


def test_the_stack_is_applied(stack: Stack, world: World, cloud: Connection, admin: Connection, disk: Path) -> None:
    world.said = stack.up().ok().output
    steps.volume_type(admin, steps.BACKEND)
    assert steps.left_in_pools() == {}
    assert cloud.image.download_image(world.earlier).content == disk.read_bytes()


def test_an_uploaded_image_is_a_protected_snapshot(cloud: Connection, world: World, disk: Path) -> None:
    world.image = steps.upload(cloud, "guest", disk)
    name = f"images/{world.image.id}"
    assert rbd.images("images") == [world.image.id]
    assert rbd.snapshots(name) == {"snap": True}
    assert world.image.direct_url == f"rbd://{lab.FSID}/images/{world.image.id}/snap"
    assert rbd.digest(name) == hashlib.sha256(disk.read_bytes()).hexdigest()


def test_a_volume_from_it_is_a_copy_on_write_child(cloud: Connection, world: World) -> None:
    world.root_volume = steps.create_volume(cloud, "root", image=world.image)
    name = f"volumes/volume-{world.root_volume.id}"
    assert rbd.parent(name) == f"images/{world.image.id}@snap"
    assert rbd.used(name) == 0


def test_a_server_boots_from_a_child_of_the_image(cloud: Connection, admin: Connection, world: World) -> None:
    world.server = steps.boot(cloud, "guest", image=world.image)
    world.host = steps.host_of(admin, world.server)
    name = f"vms/{world.server.id}_disk"
    assert rbd.parent(name) == f"images/{world.image.id}@snap"
    assert len(rbd.watchers(name)) == 1
    world.console = Console(cloud, world.server)
    world.boot = world.console.boot()
    assert (world.boot.image, world.boot.earlier) == (MARKER, "none")
    assert rbd.used(name) < 32 * rbd.MEBIBYTE
    assert rbd.sector(name, BOOT_SLOT) == world.boot.now


def test_the_openstack_command_shows_them(world: World) -> None:
    assert steps.shown("image", world.image.id)["status"] == "active"
    assert steps.shown("volume", world.root_volume.id)["volume_image_metadata"]["image_id"] == world.image.id
    assert steps.shown("server", world.server.id)["status"] == "ACTIVE"


def test_a_volume_is_attached_and_the_guest_writes_on_it(cloud: Connection, world: World) -> None:
    world.volume = steps.create_volume(cloud, "data")
    name = f"volumes/volume-{world.volume.id}"
    assert rbd.parent(name) is None
    steps.attach(cloud, world.server, world.volume)
    assert len(rbd.watchers(name)) == 1
    found, world.token = world.console.used(world.volume)
    assert found == "nothing"
    assert rbd.export(name, f"grep --text --count --fixed-strings {world.token}") == "1"


def test_the_guest_finds_its_token_after_detach_and_attach(cloud: Connection, world: World) -> None:
    steps.detach(cloud, world.server, world.volume)
    world.console.lost(1)
    assert rbd.watchers(f"volumes/volume-{world.volume.id}") == []
    steps.attach(cloud, world.server, world.volume)
    found, _ = world.console.used(world.volume, 2)
    assert found == world.token


def test_backups_of_a_volume_in_use(cloud: Connection, world: World) -> None:
    """The guest writes a new token between the full backup and the increment."""
    name = f"volumes/volume-{world.volume.id}"
    world.digests = {"full, in use": rbd.digest(name)}
    world.backups = {"full, in use": steps.backup(cloud, world.volume, "full, in use")}
    steps.detach(cloud, world.server, world.volume)
    steps.attach(cloud, world.server, world.volume)
    world.console.used(world.volume, 3)
    world.digests["increment, in use"] = rbd.digest(name)
    made = steps.backup(cloud, world.volume, "increment, in use", incremental=True)
    assert made.is_incremental
    world.backups["increment, in use"] = made
    assert len(set(world.digests.values())) == 2


def test_backups_of_an_available_volume(cloud: Connection, world: World) -> None:
    name = f"volumes/volume-{world.volume.id}"
    steps.detach(cloud, world.server, world.volume)
    world.digests["full"] = rbd.digest(name)
    world.backups["full"] = steps.backup(cloud, world.volume, "full")
    steps.attach(cloud, world.server, world.volume)
    world.console.used(world.volume, 4)
    steps.detach(cloud, world.server, world.volume)
    world.digests["increment"] = rbd.digest(name)
    made = steps.backup(cloud, world.volume, "increment", incremental=True)
    assert made.is_incremental
    world.backups["increment"] = made
    assert len(set(world.digests.values())) == 3


def test_the_driver_that_made_them_is_ceph_s(world: World) -> None:
    """Each full backup is an image, and each backup is a snapshot of such an image."""
    used = lab.on("controller1", "mariadb", "-Ne", "SELECT DISTINCT service FROM cinder.backups WHERE deleted = 0")
    assert used.split() == ["cinder.backup.drivers.ceph.CephBackupDriver"]
    bases = {f"volume-{world.volume.id}.backup.{world.backups[full].id}" for full in ("full", "full, in use")}
    assert set(rbd.images("backups")) == bases
    held = [snapshot.split(".snap.")[0] for base in bases for snapshot in rbd.snapshots(f"backups/{base}")]
    assert sorted(held) == sorted(f"backup.{backup.id}" for backup in world.backups.values())


@pytest.mark.parametrize("which", ["full, in use", "increment, in use", "full", "increment"])
def test_a_restored_backup_is_identical(cloud: Connection, world: World, which: str) -> None:
    target = steps.create_volume(cloud, f"restored: {which}")
    steps.restore(cloud, world.backups[which], target)
    assert rbd.digest(f"volumes/volume-{target.id}") == world.digests[which]


def test_a_snapshot_of_the_server_by_upload(cloud: Connection, world: World) -> None:
    """Nova copies, because Nova may only read Glance's pool."""
    world.standard = steps.snapshot(cloud, world.server, "standard")
    assert compute_log(world).count(STANDARD) == 1
    assert rbd.parent(f"images/{world.standard.id}") is None
    assert rbd.sector(f"images/{world.standard.id}", BOOT_SLOT) == world.boot.now


def test_a_snapshot_of_the_server_within_ceph(stack: Stack, cloud: Connection, world: World) -> None:
    """`direct_snapshots` lets Nova write into Glance's pool."""
    stack.settings["nova"]["direct_snapshots"] = True
    stack.write()
    stack.up().ok()
    known = compute_log(world).count(STANDARD)
    world.direct = steps.snapshot(cloud, world.server, "direct")
    assert compute_log(world).count(STANDARD) == known
    assert rbd.snapshots(f"images/{world.direct.id}") == {"snap": True}
    assert rbd.sector(f"images/{world.direct.id}", BOOT_SLOT) == world.boot.now


def test_a_server_boots_from_the_snapshot(cloud: Connection, world: World) -> None:
    server = steps.boot(cloud, "from snapshot", image=world.direct)
    assert rbd.parent(f"vms/{server.id}_disk") == f"images/{world.direct.id}@snap"
    boot = Console(cloud, server).boot()
    assert (boot.image, boot.earlier) == (MARKER, world.boot.now)


def test_a_server_boots_from_a_volume(cloud: Connection, world: World) -> None:
    server = steps.boot(cloud, "from volume", volume=world.root_volume)
    name = f"volumes/volume-{world.root_volume.id}"
    boot = Console(cloud, server).boot()
    assert (boot.image, boot.earlier) == (MARKER, "none")
    assert len(rbd.watchers(name)) == 1
    assert f"{server.id}_disk" not in rbd.images("vms")
    assert rbd.sector(name, BOOT_SLOT) == boot.now


def test_a_qcow2_image_works_without_clones(cloud: Connection, world: World, disk: Path) -> None:
    """The guides upload qcow2 images, and every volume and server made of one is a full copy, as `up` warns."""
    assert "only raw images are cloned" in world.said
    convert = (
        "d=$(mktemp -d) && cat >$d/raw && qemu-img convert -f raw -O qcow2 $d/raw $d/qcow2 && cat $d/qcow2; rm -r $d"
    )
    qcow2 = disk.with_suffix(".qcow2")
    qcow2.write_bytes(rbd.write_through("controller1", convert, disk.read_bytes()))
    image = steps.upload(cloud, "guest, qcow2", qcow2, "qcow2")
    volume = steps.create_volume(cloud, "of qcow2", image=image)
    assert rbd.parent(f"volumes/volume-{volume.id}") is None
    assert rbd.used(f"volumes/volume-{volume.id}") > 0
    server = steps.boot(cloud, "of qcow2", image=image)
    assert rbd.parent(f"vms/{server.id}_disk") is None
    assert Console(cloud, server).boot().image == MARKER


def test_destroy_is_refused_while_there_is_data_and_the_guest_writes_on(stack: Stack, world: World) -> None:
    name = f"vms/{world.server.id}_disk"
    state = ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units())
    before = int(rbd.sector(name, COUNT_SLOT))
    refused = stack.destroy()
    assert refused.status != 0
    assert "nothing was changed" in refused.output
    assert ({node: lab.etc(node) for node in lab.NODES}, lab.cluster_state(), lab.units()) == state
    assert len(rbd.watchers(name)) == 1
    meanwhile = int(rbd.sector(name, COUNT_SLOT))
    assert meanwhile > before
    until("the guest writes on", lambda: int(rbd.sector(name, COUNT_SLOT)) > meanwhile or None, 30)
    assert rbd.sector(name, BOOT_SLOT) == world.boot.now


def test_everything_is_deleted_again(cloud: Connection, admin: Connection, stack: Stack) -> None:
    steps.delete_everything(admin, cloud)
    assert steps.left_in_pools() == {}
    # The guard counts objects that the OSDs have not trimmed yet as somebody else's.
    trimmed = [partial(rbd.data_objects, pool) for pool in steps.POOLS]
    until("deleted snapshots are trimmed", lambda: not any(count() for count in trimmed) or None, 120)


def test_destroy_brings_the_earlier_back_ends_back(
    stack: Stack, before: dict[str, Any], cloud: Connection, admin: Connection, disk: Path
) -> None:
    stack.destroy().ok()
    for node in lab.NODES:
        assert lab.etc(node) == before["etc"][node], f"/etc of {node} is not what it was"
    assert lab.cluster_state() == before["cluster"]
    for place, unit in lab.units().items():
        assert unit.active == "active", place
    steps.volume_type(admin, "nfs")
    image = steps.upload(cloud, "on files", disk)
    assert lab.exists("controller1", f"/var/lib/glance/images/{image.id}")
    volume = steps.create_volume(cloud, "on nfs", kind="nfs")
    assert lab.exists("controller1", f"/srv/nfs/volumes/volume-{volume.id}")
    server = steps.boot(cloud, "on a local disk", image=image)
    assert Console(cloud, server).boot().image == MARKER
    steps.delete_everything(admin, cloud)
