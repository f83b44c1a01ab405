"""Nova with a user of its own on two computes, as guide 002 has it: two users, two secrets, boot, attach, snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab.guest import BOOT_SLOT
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.domain import disk_users
from tests.proof.guest import Console
from tests.proof.world import World

pytestmark = pytest.mark.migration  # a change of the whole wiring, which takes minutes

STANDARD = "Performing standard snapshot"
CAPS = {
    "client.nova": {
        "mon": "profile rbd",
        "mgr": "profile rbd pool=vms",
        "osd": "profile rbd pool=vms, profile rbd-read-only pool=images",
    },
    "client.cinder": {
        "mon": "profile rbd",
        "mgr": "profile rbd pool=volumes",
        "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images",
    },
}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def everything_is_deleted(stack: Stack, admin: Connection) -> Iterator[None]:
    yield
    steps.delete_everything(admin, admin)


def caps(entity: str) -> dict[str, str]:
    (found,) = lab.ceph("auth", "get", entity)
    return dict(found["caps"])


def was_uploaded(image: Any) -> bool:
    """Return whether somebody has sent the image's data to Glance."""
    return f"PUT /v2/images/{image.id}/file" in lab.shell(lab.CONTROLLER, "cat /var/log/glance/*.log")


def in_any_order(text: str) -> list[str]:
    return sorted(part.strip() for part in text.split(","))


def test_each_user_may_use_its_own_pool_and_read_images(stack: Stack, admin: Connection) -> None:
    stack.settings["nova"]["user"] = {"name": "nova"}
    stack.write()
    stack.up().ok()
    steps.volume_type(admin, steps.BACKEND)
    for entity, wanted in CAPS.items():
        assert {name: in_any_order(text) for name, text in caps(entity).items()} == {
            name: in_any_order(text) for name, text in wanted.items()
        }


def test_both_computes_have_a_secret_for_each_user_with_that_users_key(world: World) -> None:
    digests = {
        hashlib.sha256(lab.ceph("auth", "get", entity)[0]["key"].encode()).hexdigest(): entity for entity in CAPS
    }
    found = {node: {digests[value]: uuid for uuid, value in lab.secret_values(node).items()} for node in lab.COMPUTES}
    assert sorted(found["compute1"]) == sorted(CAPS)
    assert found["compute1"] == found["compute2"]
    world.secrets = found["compute1"]


@pytest.mark.parametrize("node", lab.COMPUTES)
def test_a_server_boots_as_nova_and_its_volume_is_attached_as_cinder(
    admin: Connection, world: World, guest_disk: Path, tmp_path: Path, node: str
) -> None:
    if node == lab.COMPUTES[0]:
        world.image = steps.upload(admin, "guest", guest.disk_with("apart", guest_disk, tmp_path / "guest.raw"))
    world.server = steps.boot(admin, f"apart-{node}", image=world.image, host=node)
    world.boot = Console(admin, world.server).boot()
    assert rbd.parent(f"vms/{world.server.id}_disk") == f"images/{world.image.id}@snap"
    volume = steps.create_volume(admin, f"data-{node}")
    steps.attach(admin, world.server, volume)
    found, token = Console(admin, world.server).used(volume)
    assert found == "nothing"
    assert rbd.export(f"volumes/volume-{volume.id}", f"grep --text --count --fixed-strings {token}") == "1"
    assert disk_users(admin, world.server) == {
        "vms": ("nova", world.secrets["client.nova"]),
        "volumes": ("cinder", world.secrets["client.cinder"]),
    }


def test_a_snapshot_is_a_copy_because_nova_only_reads_images(admin: Connection, world: World) -> None:
    made = steps.snapshot(admin, world.server, "copied")
    assert STANDARD in lab.log_since_start(lab.COMPUTES[1], "nova-compute")
    assert was_uploaded(made)
    assert rbd.parent(f"images/{made.id}") is None
    assert rbd.sector(f"images/{made.id}", BOOT_SLOT) == world.boot.now


def test_a_direct_snapshot_stays_within_ceph_once_nova_may_write_images(
    stack: Stack, admin: Connection, world: World
) -> None:
    stack.settings["nova"]["direct_snapshots"] = True
    stack.write()
    stack.up().ok()
    assert in_any_order(caps("client.nova")["osd"]) == ["profile rbd pool=images", "profile rbd pool=vms"]
    known = lab.log_since_start(lab.COMPUTES[1], "nova-compute").count(STANDARD)
    made = steps.snapshot(admin, world.server, "direct")
    assert lab.log_since_start(lab.COMPUTES[1], "nova-compute").count(STANDARD) == known
    assert not was_uploaded(made)
    assert rbd.snapshots(f"images/{made.id}") == {"snap": True}
    assert rbd.sector(f"images/{made.id}", BOOT_SLOT) == world.boot.now
