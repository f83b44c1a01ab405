"""A compute loses its power, and `nova evacuate` brings its guest up on the other one, with the guest's own disk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection
from openstack.exceptions import BadRequestException

from lab.guest import BOOT_SLOT, COUNT_SLOT
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.cloud import explained, until, until_status
from tests.proof.guest import Console
from tests.proof.world import World

pytestmark = pytest.mark.migration  # one of the two computes is switched off, and later steps of the proof need both

FROM, TO = lab.COMPUTES


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def everything_is_deleted(stack: Stack, admin: Connection) -> Iterator[None]:
    yield
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)  # starts a node that is switched off
    take_back(admin)
    steps.delete_everything(admin, admin)


def power(word: str) -> None:
    subprocess.run([lab.PROGRAM, word, FROM], stdin=subprocess.DEVNULL, check=True)


def compute_service(admin: Connection) -> Any:
    with explained():
        return next(row for row in admin.compute.services() if row.host == FROM and row.binary == "nova-compute")


def state(admin: Connection) -> str:
    return str(compute_service(admin).state)


def force_down(admin: Connection) -> None:
    """Tell Nova that the compute is fenced, as an operator does who has switched it off."""
    with explained():
        admin.compute.update_service_forced_down(compute_service(admin), FROM, "nova-compute", True)


def take_back(admin: Connection) -> None:
    """Tell Nova that the compute may work again.

    Nova refuses this until nova-compute has started there and has looked at what was evacuated.
    """

    def tried() -> bool | None:
        try:
            admin.compute.update_service_forced_down(compute_service(admin), FROM, "nova-compute", False)
        except BadRequestException as error:
            if "evacuation migration records" not in str(error):
                raise
            return None
        return True

    until("Nova takes the compute back", tried, 180)
    until("nova-compute has reported", lambda: state(admin) == "up" or None, 120)


def test_a_guest_runs_on_a_compute(
    stack: Stack, admin: Connection, world: World, guest_disk: Path, tmp_path: Path
) -> None:
    stack.up().ok()
    steps.volume_type(admin, steps.BACKEND)
    image = steps.upload(admin, "guest", guest.disk_with("evacuated", guest_disk, tmp_path / "guest.raw"))
    world.server = steps.boot(admin, "evacuated", image=image, host=FROM)
    world.disk = f"vms/{world.server.id}_disk"
    world.token = Console(admin, world.server).boot().now
    world.volume = steps.create_volume(admin, "data")
    steps.attach(admin, world.server, world.volume)
    _, world.written = Console(admin, world.server).used(world.volume)


def test_the_guest_comes_up_on_the_other_compute_with_its_disk_and_volume(admin: Connection, world: World) -> None:
    power("stop")
    force_down(admin)
    with explained():
        admin.compute.evacuate_server(world.server, host=TO)
    until("the server is on the other compute", lambda: steps.host_of(admin, world.server) == TO or None, 180)
    until_status(lambda: admin.compute.get_server(world.server.id), "active", 120)
    boot = Console(admin, world.server).boot()
    assert boot.earlier == world.token
    assert Console(admin, world.server).used(world.volume)[0] == world.written
    until("the new boot is on the disk", lambda: rbd.sector(world.disk, BOOT_SLOT) == boot.now or None, 90)
    world.token = boot.now


def test_a_compute_that_comes_back_leaves_the_guest_alone(admin: Connection, world: World) -> None:
    power("start")
    take_back(admin)
    assert lab.on(FROM, "virsh", "--quiet", "list", "--uuid").split() == []
    counted = int(rbd.sector(world.disk, COUNT_SLOT))
    until("the guest writes on", lambda: int(rbd.sector(world.disk, COUNT_SLOT)) > counted or None, 60)
    assert rbd.sector(world.disk, BOOT_SLOT) == world.token
    assert len(rbd.watchers(world.disk)) == 1
