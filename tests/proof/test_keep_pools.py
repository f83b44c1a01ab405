"""From Cinder's user to a user of Nova's own under a running guest by `keep_pools`, and back by `former_user`.

Both ways have a live migration and end with a hard reboot. A live migration carries the domain over as it is, so a disk
in Nova's pool stays opened as the former user. A hard reboot makes the domain anew. The OSDs restart on the way, and
tickets last 30 s, because a client that lost a pool goes on until it connects anew. Not among the default tests, as is
no test with a live migration.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab.ceph import OSDS
from lab.guest import COUNT_SLOT
from tests.live import lab
from tests.live.drift import UPDATED
from tests.live.stack import Stack
from tests.proof import guest, rbd, steps
from tests.proof.cloud import explained, until, until_status
from tests.proof.domain import disk_users
from tests.proof.guest import Console
from tests.proof.test_migration import computes_reach_each_other
from tests.proof.world import World

__all__ = ["computes_reach_each_other"]
pytestmark = pytest.mark.migration

FROM, TO = lab.COMPUTES
TICKET_S = 30


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def everything_is_deleted(stack: Stack, admin: Connection) -> Iterator[None]:
    yield
    steps.delete_everything(admin, admin)


@pytest.fixture(scope="module", autouse=True)
def short_tickets() -> Iterator[None]:
    """The monitor hands out tickets of 30 s, which it decides at its start."""

    def restart() -> None:
        lab.shell("ceph1", "systemctl restart 'ceph-mon@*'")
        lab.shell("ceph1", "until ceph --connect-timeout 5 -s >/dev/null 2>&1; do sleep 1; done", timeout=90)

    lab.on("ceph1", "ceph", "config", "set", "mon", "auth_service_ticket_ttl", str(TICKET_S))
    restart()
    yield
    lab.on("ceph1", "ceph", "config", "rm", "mon", "auth_service_ticket_ttl")
    restart()


def count(world: World) -> int:
    return int(rbd.sector(world.disk, COUNT_SLOT))


def osds_restart() -> None:
    """Restart the OSDs, so that every client connects anew, with the caps that its user has by now."""
    # systemd starts an OSD three times in half an hour, and then no more.
    lab.shell("ceph1", "systemctl reset-failed 'ceph-osd@*'; systemctl restart 'ceph-osd@*'")
    until("the OSDs are up", lambda: lab.ceph("osd", "stat")["num_up_osds"] == len(OSDS) or None, 90)


def writes_on(admin: Connection, world: World, seconds: float = 90) -> None:
    """Wait until the guest has written twice, without ever having said that it cannot; a boot counts from 1 again."""
    numbers = {count(world)}

    def look() -> bool | None:
        numbers.add(count(world))
        return len(numbers) > 2 or None

    until("the guest writes on", look, seconds)
    said = Console(admin, world.server).text()
    assert "cannot write" not in said  # the guest's program
    assert "I/O error" not in said  # the guest's kernel


def writes_on_with_new_tickets(admin: Connection, world: World) -> None:
    """Restart the OSDs, wait until all tickets have run out, and see the guest write after either."""
    osds_restart()
    writes_on(admin, world)
    time.sleep(2 * TICKET_S)
    writes_on(admin, world)


def moves(admin: Connection, world: World, target: str) -> None:
    with explained():
        admin.compute.live_migrate_server(world.server, host=target, block_migration="auto")
    until("the server has moved", lambda: steps.host_of(admin, world.server) == target or None, 180)
    until_status(lambda: admin.compute.get_server(world.server.id), "active", 60)


def is_rebooted_and_opened_as(user: str, admin: Connection, world: World) -> None:
    with explained():
        admin.compute.reboot_server(world.server, "HARD")
    until_status(lambda: admin.compute.get_server(world.server.id), "active", 120)
    until(f"the disk is opened as {user}", lambda: disk_users(admin, world.server)["vms"][0] == user or None, 60)
    Console(admin, world.server).boot()


def users_said_old(stack: Stack) -> list[str]:
    """Return what `python -m commands guests` says of users that guests should not have any more."""
    words = ["guests", "--stack", stack.name, "--project", str(stack.folder)]
    done = subprocess.run(
        [sys.executable, "-m", "commands", *words], cwd=lab.CHECKOUT, capture_output=True, text=True, check=False
    )
    found = re.findall(r"user \S+ instead of \w+", done.stdout)
    assert done.returncode == (2 if found else 0), done.stdout + done.stderr
    return found


def caps(entity: str) -> str:
    return str(lab.ceph("auth", "get", entity)[0]["caps"]["osd"])


def of_nova() -> tuple[Any, ...]:
    """Return client.nova with key and caps, and on each compute its keyring, and the value of each secret."""
    keyring = "sha256sum /etc/ceph/ceph.client.nova.keyring"
    return (
        lab.cluster_state()["users"]["client.nova"],
        [lab.shell(node, keyring) for node in lab.COMPUTES],
        [lab.secret_values(node) for node in lab.COMPUTES],
    )


def computes_work_as() -> set[str]:
    """Return the user that nova.conf names on the computes."""
    return {lab.shell(node, "grep '^rbd_user' /etc/nova/nova.conf").split()[-1] for node in lab.COMPUTES}


def change(stack: Stack, **settings: Any) -> None:
    for service, given in settings.items():
        stack.settings[service] = {**stack.settings[service], **given}
    stack.write()


def refused(stack: Stack) -> str:
    """Run an `up` that must be refused before anything is changed, and return what it says."""
    before = (lab.cluster_state(), lab.secrets(FROM), lab.etc(FROM))
    done = stack.up()
    assert done.status != 0
    assert (lab.cluster_state(), lab.secrets(FROM), lab.etc(FROM)) == before
    return done.output


def test_a_guest_runs_as_cinders_user(
    computes_reach_each_other: None, stack: Stack, admin: Connection, world: World, guest_disk: Path, tmp_path: Path
) -> None:
    # libvirt's default processor, when emulated by qemu 7.2, stops for good on arrival.
    change(stack, nova={"options": {"libvirt": {"live_migration_scheme": "tcp", "cpu_mode": "none"}}})
    stack.up().ok()
    image = steps.upload(admin, "guest", guest.disk_with("kept", guest_disk, tmp_path / "guest.raw"))
    world.server = steps.boot(admin, "kept", image=image, host=FROM)
    world.disk = f"vms/{world.server.id}_disk"
    Console(admin, world.server).boot()
    assert disk_users(admin, world.server)["vms"][0] == "cinder"


def test_a_user_of_novas_own_is_refused_while_the_guest_would_lose_its_pool(
    stack: Stack, admin: Connection, world: World
) -> None:
    change(stack, nova={"user": {"name": "nova"}})
    said = refused(stack)
    assert "client.cinder would lose pool vms, where 1 image is open from" in said
    assert "keep_pools: [vms]" in said
    writes_on(admin, world)


def test_with_keep_pools_the_guest_writes_on_over_a_restart_of_the_osds_and_new_tickets(
    stack: Stack, admin: Connection, world: World
) -> None:
    change(stack, cinder={"user": {"name": "cinder", "keep_pools": ["vms"]}})
    stack.up().ok()
    assert "pool=vms" in caps("client.cinder")
    assert "pool=vms" in caps("client.nova")
    assert users_said_old(stack) == ["user cinder instead of nova"]
    writes_on_with_new_tickets(admin, world)


def test_a_live_migration_keeps_the_former_user_of_the_disk(admin: Connection, world: World) -> None:
    moves(admin, world, TO)
    assert disk_users(admin, world.server)["vms"][0] == "cinder"
    osds_restart()
    writes_on(admin, world)


def test_taking_keep_pools_out_is_refused_as_long_as_the_guest_is_left(
    stack: Stack, admin: Connection, world: World
) -> None:
    change(stack, cinder={"user": {"name": "cinder"}})
    assert "client.cinder would lose pool vms, where 1 image is open from" in refused(stack)
    writes_on(admin, world)


def test_a_hard_reboot_opens_the_disk_as_novas_user(stack: Stack, admin: Connection, world: World) -> None:
    is_rebooted_and_opened_as("nova", admin, world)
    assert users_said_old(stack) == []
    writes_on(admin, world)


def test_then_keep_pools_may_go_and_the_guest_writes_on(stack: Stack, admin: Connection, world: World) -> None:
    stack.up().ok()
    assert "pool=vms" not in caps("client.cinder")
    writes_on_with_new_tickets(admin, world)
    stack.preview("--refresh", "--expect-no-changes").ok()


def test_taking_the_user_of_novas_own_out_is_refused_with_the_way_back(
    stack: Stack, admin: Connection, world: World
) -> None:
    del stack.settings["nova"]["user"]
    stack.write()
    said = refused(stack)
    assert "user client.nova has open sessions from" in said
    assert f"on {TO} is named by domain instance-" in said
    assert "keep client.nova as `former_user` under ceph-openstack:nova" in said
    writes_on(admin, world)


def test_as_former_user_it_keeps_all_that_the_guest_needs(stack: Stack, admin: Connection, world: World) -> None:
    before = of_nova()
    change(stack, nova={"former_user": {"name": "nova"}})
    run = stack.up().ok()
    assert set(UPDATED.findall(run.output)) == {
        "gate",
        "cinder-user",
        *(f"{name}-{node}" for name in ("nova-config", "nova-compute") for node in lab.COMPUTES),
    }
    assert of_nova() == before
    assert computes_work_as() == {"cinder"}
    assert "pool=vms" in caps("client.cinder")
    assert users_said_old(stack) == ["user nova instead of cinder"]
    writes_on_with_new_tickets(admin, world)


def test_a_live_migration_keeps_the_user_of_novas_own_too(admin: Connection, world: World) -> None:
    moves(admin, world, FROM)
    assert disk_users(admin, world.server)["vms"][0] == "nova"
    osds_restart()
    writes_on(admin, world)


def test_taking_former_user_out_is_refused_as_long_as_the_guest_is_left(
    stack: Stack, admin: Connection, world: World
) -> None:
    former = stack.settings["nova"].pop("former_user")
    stack.write()
    said = refused(stack)
    assert "user client.nova has open sessions from" in said
    assert "keep client.nova as `former_user` under ceph-openstack:nova" in said
    change(stack, nova={"former_user": former})
    writes_on(admin, world)


def test_a_hard_reboot_opens_the_disk_as_cinders_user_again(stack: Stack, admin: Connection, world: World) -> None:
    is_rebooted_and_opened_as("cinder", admin, world)
    assert users_said_old(stack) == []
    writes_on(admin, world)


def test_then_former_user_may_go_without_a_restart_and_the_guest_writes_on(
    stack: Stack, admin: Connection, world: World
) -> None:
    running = [lab.unit(node, "nova-compute").invocation for node in lab.COMPUTES]
    del stack.settings["nova"]["former_user"]
    stack.write()
    stack.up().ok()
    assert [lab.unit(node, "nova-compute").invocation for node in lab.COMPUTES] == running
    assert "client.nova" not in lab.cluster_state()["users"]
    assert [len(lab.secrets(node)) for node in lab.COMPUTES] == [1, 1]
    assert "/etc/ceph/ceph.client.nova.keyring" not in lab.etc(FROM)
    writes_on_with_new_tickets(admin, world)
    stack.preview("--refresh", "--expect-no-changes").ok()
