"""A guest's qemu is killed: under the guides' caps the guest does not come back, until `locks` has healed its disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab.guest import BOOT_SLOT, COUNT_SLOT
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.cloud import explained, until, until_status
from tests.proof.guest import Console
from tests.proof.world import World

pytestmark = pytest.mark.migration  # minutes of waiting for guests that must not come back

GUIDES_CAPS = {
    "mon": "allow r",
    "osd": "allow class-read object_prefix rbd_children, "
    "allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images",
}
"""What the guides give to client.cinder, as whom Nova works there."""
UNHEALED_S = 45
"""So long the guest gets to come back by itself, which takes under 20 s where it may."""


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def everything_is_deleted(stack: Stack, admin: Connection) -> Iterator[None]:
    yield
    stack.up("--refresh").ok()  # under the guides' caps Nova could not delete a disk that a dead client has locked
    steps.delete_everything(admin, admin)


def locks(stack: Stack, *arguments: str, status: int) -> str:
    """Run `python -m commands locks` as an operator does, and return what it prints."""
    words = ["locks", "--stack", stack.name, "--project", str(stack.folder), *arguments]
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


def row(said: str, image: str) -> str:
    """Return the row of an image's lock."""
    return " ".join(next(line for line in said.splitlines() if line.startswith(f"{image} ")).split())


def until_dead(stack: Stack, image: str) -> str:
    """Wait until the lock's holder is told dead, which takes the 30 s of a watch, and return the row of the lock."""

    def look() -> str | None:
        words = [sys.executable, "-m", "commands", "locks", "--stack", stack.name, "--project", str(stack.folder)]
        done = subprocess.run(words, cwd=lab.CHECKOUT, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return row(done.stdout, image) if done.returncode == 2 else None

    return until("the holder is told dead", look, 90)


def kill_qemu(admin: Connection, server: Any) -> None:
    """Kill the server's qemu as the kernel does when memory is short, and wait until Nova has seen it."""
    host = steps.host_of(admin, server)
    lab.shell(host, f"kill -KILL $(cat /run/libvirt/qemu/$(virsh --quiet domname {server.id}).pid)")
    until_status(lambda: admin.compute.get_server(server.id), "shutoff", 120)


def start(admin: Connection, server: Any) -> None:
    with explained():
        admin.compute.start_server(server)
    until_status(lambda: admin.compute.get_server(server.id), "active", 120)


def until_booted(disk: str, earlier: str) -> str:
    """Wait until the guest has written the token of a further boot onto its disk, and return the token."""

    def look() -> str | None:
        token = rbd.sector(disk, BOOT_SLOT)
        return token if token != earlier else None

    return until("the guest has booted and writes", look, 90)


def test_a_running_guest_holds_its_disks_lock_and_is_told_alive(
    stack: Stack, admin: Connection, world: World, guest_disk: Path, tmp_path: Path
) -> None:
    stack.up().ok()
    image = steps.upload(admin, "guest", guest.disk_with("locked", guest_disk, tmp_path / "guest.raw"))
    world.server = steps.boot(admin, "locked", image=image)
    world.disk = f"vms/{world.server.id}_disk"
    world.token = Console(admin, world.server).boot().now
    said = row(locks(stack, status=0), world.disk)
    assert said.endswith("client.cinder alive has the image open")
    assert rbd.watchers(world.disk)[0] in said


def test_really_leaves_the_lock_of_a_running_guest_alone(stack: Stack, world: World) -> None:
    before = int(rbd.sector(world.disk, COUNT_SLOT))
    locks(stack, world.disk, "--really", status=0)
    until("the guest writes on", lambda: int(rbd.sector(world.disk, COUNT_SLOT)) > before + 3 or None, 30)
    assert lab.ceph("osd", "dump")["blocklist"] == {}


def test_under_the_guides_caps_a_killed_guest_does_not_come_back(stack: Stack, admin: Connection, world: World) -> None:
    caps = [word for pair in GUIDES_CAPS.items() for word in pair]
    lab.on("ceph1", "ceph", "auth", "caps", "client.cinder", *caps)
    # The monitor told the running guest its rights when it connected; only a guest that starts now has the new ones.
    kill_qemu(admin, world.server)
    said = until_dead(stack, world.disk)
    assert said.endswith("- DEAD no watcher of the image, no session with the monitors")
    start(admin, world.server)
    with pytest.raises(AssertionError, match="the guest has booted and writes: not within"):
        until(
            "the guest has booted and writes",
            lambda: rbd.sector(world.disk, BOOT_SLOT) != world.token or None,
            UNHEALED_S,
        )
    assert row(locks(stack, status=2), world.disk) == said


def test_locks_heals_it(stack: Stack, admin: Connection, world: World) -> None:
    said = locks(stack, world.disk, "--really", status=0)
    _, holder, address, *_ = row(said, world.disk).split()
    assert f"{world.disk}: {holder} is blocklisted at {address}, and its lock is gone" in said
    assert address in lab.ceph("osd", "dump")["blocklist"]
    with explained():
        admin.compute.reboot_server(world.server, "HARD")
    until_status(lambda: admin.compute.get_server(world.server.id), "active", 120)
    world.token = until_booted(world.disk, world.token)
    assert " alive " in row(locks(stack, status=0), world.disk)


def test_under_profile_rbd_a_killed_guest_comes_back_by_itself(stack: Stack, admin: Connection, world: World) -> None:
    stack.up("--refresh").ok()
    assert lab.ceph("auth", "get", "client.cinder")[0]["caps"]["mon"] == "profile rbd"
    kill_qemu(admin, world.server)
    assert " DEAD " in until_dead(stack, world.disk)
    start(admin, world.server)
    until_booted(world.disk, world.token)
    assert " alive " in row(locks(stack, status=0), world.disk)
