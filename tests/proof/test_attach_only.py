"""Computes that keep servers' disks local, and attach volumes from Ceph: nothing of Nova's is in the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection

from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.domain import disk_users
from tests.proof.guest import Console
from tests.proof.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def attach_only(stack: Stack, admin: Connection) -> Iterator[Stack]:
    del stack.settings["nova"]["pool"]
    stack.settings["nova"]["attach_only"] = list(lab.COMPUTES)
    stack.write()
    stack.up().ok()
    yield stack
    steps.delete_everything(admin, admin)


@pytest.fixture(scope="module")
def disk(guest_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guest.disk_with("marker-of-local", guest_disk, tmp_path_factory.mktemp("guest") / "guest.raw")


def test_a_server_has_its_disk_on_its_host(admin: Connection, world: World, disk: Path) -> None:
    assert "vms" not in lab.cluster_state()["pools"]
    world.server = steps.boot(admin, "local", image=steps.upload(admin, "local", disk), host="compute1")
    assert lab.exists("compute1", f"/var/lib/nova/instances/{world.server.id}/disk")
    assert Console(admin, world.server).boot().image == "marker-of-local"
    assert disk_users(admin, world.server) == {}


def test_a_volume_is_attached_to_it_and_the_guest_writes_there(admin: Connection, world: World) -> None:
    steps.volume_type(admin, steps.BACKEND)
    world.volume = steps.create_volume(admin, "data")
    steps.attach(admin, world.server, world.volume)
    _, token = Console(admin, world.server).used(world.volume)
    assert rbd.export(f"volumes/volume-{world.volume.id}", f"grep --text --count --fixed-strings {token}") == "1"
    assert {pool: user for pool, (user, _) in disk_users(admin, world.server).items()} == {"volumes": "cinder"}


def test_its_secret_stays_while_the_guest_has_the_volume(attach_only: Stack) -> None:
    refused = attach_only.destroy()
    assert refused.status != 0
    assert "nothing was changed" in refused.output
    assert "is named by domain instance-" in refused.output
