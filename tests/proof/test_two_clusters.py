"""Two clusters, an erasure-coded pool and Nova's own user in one stack: wired, used through OpenStack, taken apart.

The first cluster has images, volumes in an erasure-coded pool, and the servers' disks of compute1. The second one has a
store, a back end, all backups, and the servers' disks of compute2.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from lab.nodes import WEST, WEST_FSID
from tests.live import lab
from tests.live.stack import Stack, dev_settings
from tests.proof import guest, rbd, steps
from tests.proof.cloud import until
from tests.proof.domain import disk_users
from tests.proof.guest import Console
from tests.proof.world import World

NODE = WEST.name
ONE_COPY = {"size": 1, "min_size": 1}
WEST_POOLS = ("west-images", "west-volumes", "west-vms", "backups")
POOLS = ("images", "volumes", "vms")


def with_west(settings: dict[str, Any]) -> None:
    """Write the second cluster, and what is on it, into the settings."""
    settings["hosts"][NODE] = {"address": WEST.address}
    settings["clusters"] = {"west": {"fsid": WEST_FSID, "mon_hosts": [WEST.mon_host], "admin_host": NODE}}
    settings["cluster"]["erasure_code_profiles"] = {"ec21": {"k": 2, "m": 1, "failure_domain": "osd"}}
    data = {"name": "volumes-data", "erasure_code_profile": "ec21", "min_size": 2}
    first = {"pool": {**settings["cinder"].pop("pool"), "data_pool": data}}
    west = {"pool": {"name": "west-volumes", **ONE_COPY}, "cluster": "west"}
    settings["cinder"]["backends"] = {"ceph": first, "west": west}
    settings["glance"]["stores"] = {"west": {"pool": {"name": "west-images", **ONE_COPY}, "cluster": "west"}}
    settings["cinder_backup"]["cluster"] = "west"
    settings["nova"]["user"] = {"name": "nova"}
    settings["nova"]["clusters"] = {"west": {"hosts": ["compute2"], "pool": {"name": "west-vms", **ONE_COPY}}}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module", autouse=True)
def second_cluster(lab_is_up: None) -> Iterator[None]:
    subprocess.run([lab.PROGRAM, "west"], stdin=subprocess.DEVNULL, check=True)
    yield
    subprocess.run([lab.PROGRAM, "west", "none"], stdin=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="module", autouse=True)
def before(second_cluster: None, stack: Stack, admin: Connection) -> Iterator[dict[str, Any]]:
    yield everything()
    steps.delete_everything(admin, admin)
    if stack.resources():
        stack.destroy().ok()


@pytest.fixture(scope="module")
def disk(guest_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guest.disk_with("marker-of-two", guest_disk, tmp_path_factory.mktemp("guest") / "guest.raw")


def everything() -> dict[str, Any]:
    return {
        "etc": {node: lab.etc(node) for node in (*lab.NODES, NODE)},
        "cluster": lab.cluster_state(),
        "west": lab.cluster_state(NODE),
        "secrets": {node: lab.secrets(node) for node in lab.COMPUTES},
    }


def test_one_up_wires_both(stack: Stack, before: dict[str, Any]) -> None:
    with_west(stack.settings)
    stack.write()
    shown = stack.preview().ok().output
    for name in ("west.cluster", "west.cinder-user", "west.ceph-conf-compute1", "west.nova-secret-compute2"):
        assert name in shown
    stack.up().ok()
    stack.preview("--refresh", "--expect-no-changes").ok()
    assert set(POOLS) | {"volumes-data"} <= set(lab.cluster_state()["pools"])
    assert set(WEST_POOLS) <= set(lab.cluster_state(NODE)["pools"])


def test_every_link_of_both_works(stack: Stack) -> None:
    arguments = ["--stack", stack.name, "--project", str(stack.folder), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "commands", "verify", *arguments],
        cwd=lab.CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = json.loads(done.stdout)["links"]
    assert [row for row in rows if row["result"] not in ("ok", "skipped", "warning")] == []
    names = {row["name"] for row in rows if row["kind"] == "rbd ls by"}
    assert {"cinder as client.cinder", "cinder as client.cinder of west", "nova as client.nova of west"} <= names


def test_a_key_of_one_cluster_opens_nothing_of_the_other(stack: Stack) -> None:
    def asked(conf: str, keyring: str, pool: str) -> int:
        words = ("--conf", f"/etc/ceph/{conf}.conf", "--keyring", f"/etc/ceph/{keyring}.client.cinder.keyring")
        done = lab.as_user("controller1", "cinder", "timeout", "60", "rbd", "--id", "cinder", *words, "ls", pool)
        return done.returncode

    assert (asked("ceph", "ceph", "volumes"), asked("west", "west", "west-volumes")) == (0, 0)
    assert asked("ceph", "west", "volumes") != 0
    assert asked("west", "ceph", "west-volumes") != 0


def test_a_volume_lies_on_the_cluster_of_its_type(admin: Connection, world: World) -> None:
    for kind in ("ceph", "west"):
        steps.volume_type(admin, kind)
    world.first, world.west = (steps.create_volume(admin, kind, kind=kind) for kind in ("ceph", "west"))
    assert rbd.images("volumes") == [f"volume-{world.first.id}"]
    assert rbd.rbd("info", f"volumes/volume-{world.first.id}")["data_pool"] == "volumes-data"
    assert rbd.images("west-volumes", NODE) == [f"volume-{world.west.id}"]


@pytest.mark.parametrize(("compute", "node", "pool"), [("compute1", "ceph1", "vms"), ("compute2", NODE, "west-vms")])
def test_a_server_has_its_disk_on_its_computes_cluster_as_a_clone(
    admin: Connection, world: World, disk: Path, compute: str, node: str, pool: str
) -> None:
    """On compute2 Nova has Glance copy the image to the store on the second cluster first."""
    if compute == "compute1":
        world.image, world.servers = steps.upload(admin, "guest", disk), {}
    server = world.servers[compute] = steps.boot(admin, compute, image=world.image, host=compute)
    images = "images" if compute == "compute1" else "west-images"
    assert rbd.parent(f"{pool}/{server.id}_disk", node) == f"{images}/{world.image.id}@snap"
    assert len(rbd.watchers(f"{pool}/{server.id}_disk", node)) == 1
    assert Console(admin, server).boot().image == "marker-of-two"


@pytest.mark.parametrize("compute", lab.COMPUTES)
def test_a_server_uses_volumes_of_both_clusters(admin: Connection, world: World, compute: str) -> None:
    server, console = world.servers[compute], Console(admin, world.servers[compute])
    for volume, image, node in (
        (world.first, f"volumes/volume-{world.first.id}", "ceph1"),
        (world.west, f"west-volumes/volume-{world.west.id}", NODE),
    ):
        steps.attach(admin, server, volume)
        _, token = console.used(volume)
        assert rbd.export(image, f"grep --text --count --fixed-strings {token}", node) == "1"
    users = {pool: user for pool, (user, _) in disk_users(admin, server).items()}
    disks = "vms" if compute == "compute1" else "west-vms"
    assert users == {disks: "nova", "volumes": "cinder", "west-volumes": "cinder"}
    for volume in (world.first, world.west):
        steps.detach(admin, server, volume)


def test_backups_go_to_the_second_cluster_from_each(admin: Connection, world: World) -> None:
    for volume, image, node in (
        (world.first, f"volumes/volume-{world.first.id}", "ceph1"),
        (world.west, f"west-volumes/volume-{world.west.id}", NODE),
    ):
        digest = rbd.digest(image, node)
        saved = steps.backup(admin, volume, volume.name)
        restored = steps.create_volume(admin, f"restored {volume.name}", kind="ceph")
        steps.restore(admin, saved, restored)
        assert rbd.digest(f"volumes/volume-{restored.id}") == digest
    assert len(rbd.images("backups", NODE)) == 2


def test_the_second_cluster_is_not_taken_out_of_use_with_data_on_it(stack: Stack) -> None:
    kept = json.loads(json.dumps(stack.settings))
    state, services = everything(), lab.units()
    without = dev_settings()
    stack.settings = {**without, "hosts": kept["hosts"], "clusters": kept["clusters"]}
    stack.settings["cluster"], stack.settings["nova"]["user"] = kept["cluster"], kept["nova"]["user"]
    stack.settings["cinder"] = {**kept["cinder"], "backends": {"ceph": kept["cinder"]["backends"]["ceph"]}}
    stack.write()
    refused = stack.up()
    stack.settings = kept
    stack.write()
    assert refused.status != 0
    assert "nothing was changed" in refused.output
    for pool in WEST_POOLS:
        assert f"pool {pool} holds" in refused.output
    assert (everything(), lab.units()) == (state, services)


def test_a_compute_does_not_change_its_cluster_under_a_guest(stack: Stack, world: World) -> None:
    kept = json.loads(json.dumps(stack.settings))
    state = everything()
    stack.settings["nova"]["clusters"]["west"]["hosts"] = ["compute1"]
    stack.write()
    refused = stack.up()
    stack.settings = kept
    stack.write()
    assert refused.status != 0
    assert "nothing was changed: compute2: guest instance-" in refused.output
    assert "has its disk in pool west-vms, where nova-compute there would no longer look" in refused.output
    assert everything() == state


def test_without_data_it_goes_out_of_use_and_then_out_of_the_settings(stack: Stack, admin: Connection) -> None:
    steps.delete_everything(admin, admin)
    trimmed = [partial(rbd.data_objects, pool, NODE) for pool in WEST_POOLS]
    until("deleted snapshots are trimmed", lambda: not any(count() for count in trimmed) or None, 120)
    clusters, hosts = stack.settings["clusters"], stack.settings["hosts"]
    west = lab.cluster_state(NODE)["config-keys"]
    assert west
    profile = stack.settings["cluster"]["erasure_code_profiles"]
    first = stack.settings["cinder"]["backends"]["ceph"]
    stack.settings = {**dev_settings(), "hosts": hosts, "clusters": clusters}
    stack.settings["cluster"]["erasure_code_profiles"] = profile
    stack.settings["cinder"] = {"hosts": ["controller1"], "backends": {"ceph": first}}
    stack.settings["nova"]["user"] = {"name": "nova"}
    stack.write()
    stack.up().ok()
    for node in (*lab.COMPUTES, "controller1"):
        assert "west" not in lab.on(node, "ls", "/etc/ceph")
    assert not set(WEST_POOLS) & set(lab.cluster_state(NODE)["pools"])
    del stack.settings["clusters"]
    del stack.settings["hosts"][NODE]
    stack.write()
    stack.up().ok()
    stack.preview("--refresh", "--expect-no-changes").ok()


def test_destroy_leaves_both_as_they_were(stack: Stack, before: dict[str, Any]) -> None:
    stack.destroy().ok()
    assert everything() == before
    assert {place: unit.active for place, unit in lab.units().items()} == dict.fromkeys(lab.SERVICES, "active")
