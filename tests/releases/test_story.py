"""Image, clone, backup and restore with another release of Glance and Cinder, wired as Debian's release is."""

from __future__ import annotations

import hashlib
import random
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection

from components.services import SERVICES
from components.services.option import ANY, BACKEND, Option
from components.settings.releases import RELEASES, is_before
from lab.nodes import RELEASE
from tests.live import lab
from tests.live.stack import Stack
from tests.proof import rbd, steps
from tests.proof.cloud import until
from tests.proof.world import World
from tests.releases import known
from tests.releases.conftest import POOLS

NODE = RELEASE.name
UNITS = ("glance-api", "cinder-volume", "cinder-backup")
IMAGES, VOLUMES, BACKUPS = POOLS
ADDED = [
    (service.name, row)
    for service in SERVICES
    for row in service.options
    if row.since and is_before("2023.1", row.since)
]
REMOVED = [
    (service.name, row)
    for service in SERVICES
    for row in service.options
    # Cinder declares it in [DEFAULT] to this day, although no back end reads it there.
    if row.until and (row.section, row.name) != ("DEFAULT", "report_discard_supported")
]
"""What appears in a release of the lab and what none reads any more, by service, from the services' rows."""
LATER = {
    ("cinder_backup", "DEFAULT", "backup_ceph_max_snapshots"): ("backup_ceph_max_snapshots", "5"),
    ("glance", BACKEND, "weight"): ("weight", "10"),
    ("glance", "backend_defaults", ""): ("rbd_store_chunk_size", "8"),
    ("cinder", "glance", ""): ("region_name", "regionOne"),
}
"""An option and a value for each row of `ADDED`."""


@pytest.fixture(scope="session")
def world(release: str) -> World:
    return World()


@pytest.fixture(scope="session")
def before(release: str) -> dict[str, Any]:
    return {"etc": {node: lab.etc(node) for node in ("ceph1", NODE)}, "cluster": lab.cluster_state(), "units": units()}


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of 24 MiB with noise and holes."""
    path = tmp_path_factory.mktemp("image") / "noise.raw"
    noise = random.Random(4)  # noqa: S311
    with path.open("wb") as file:
        for _ in range(6):
            file.write(noise.randbytes(rbd.MEBIBYTE))
            file.seek(3 * rbd.MEBIBYTE, 1)
        file.truncate(24 * rbd.MEBIBYTE)
    return path


Placed = tuple[str, Option[Any], str, str, str]
"""A row of `ADDED` with section, option and value, as `option_of` returns them."""


def units() -> dict[str, lab.Unit]:
    return {name: lab.unit(NODE, name) for name in UNITS}


def option_of(service: str, section: str, option: str) -> tuple[str, str, str]:
    """Return where an option of `ADDED` stands in the file, and a value for it."""
    named, value = LATER[service, section, option]
    backend = {"glance": "rbd", "cinder": "ceph"}.get(service, "")
    return (backend if section == BACKEND else section), named, value


def test_files_and_nfs_before_there_is_ceph(user: Connection, world: World, disk: Path, before: object) -> None:
    world.earlier = steps.upload(user, "earlier", disk)
    assert lab.exists(NODE, f"/var/lib/glance/images/{world.earlier.id}")
    steps.volume_type(user, "nfs")
    volume = steps.create_volume(user, "on nfs", kind="nfs")
    assert lab.exists(NODE, f"/srv/nfs/volumes/volume-{volume.id}")


def test_a_preview_opens_no_connection(stack: Stack) -> None:
    run = stack.preview("--diff").ok()
    assert run.calls == []
    assert "output<" not in run.output


def test_options_of_later_releases_are_refused_and_others_taken(release: str, stack: Stack, world: World) -> None:
    later: list[Placed] = []
    world.taken = []
    for service, new in ADDED:
        known_here = reached(release, new.since)
        placed = (service, new, *option_of(service, new.section, new.name))
        (world.taken if known_here else later).append(placed)
    with_options(stack, [*later, *world.taken])
    run = stack.preview()
    assert (run.status == 0) == (not later), run.output
    for service, new, section, option, _ in later:
        place = f"{service}.options.{section}.{option}"
        assert f"{place}: appeared in {new.since}, {release} ignores it" in run.output
    with_options(stack, world.taken)
    stack.preview().ok()


def with_options(stack: Stack, rows: list[Placed]) -> None:
    for service in ("glance", "cinder", "cinder_backup"):
        options: dict[str, dict[str, str]] = {}
        for owner, _, section, option, value in rows:
            if owner == service:
                options.setdefault(section, {})[option] = value
        stack.settings[service]["options"] = options
    stack.write()


def test_the_stack_is_applied(stack: Stack, before: dict[str, Any], world: World, user: Connection, disk: Path) -> None:
    run = stack.up().ok()
    assert run.connections == {"ceph1": 1, NODE: 1}
    assert run.count("restart_unit") == len(UNITS)
    for name, unit in units().items():
        assert unit.active == "active", name
        assert unit.invocation != before["units"][name].invocation, f"{name} was not restarted"
    assert stack.up("--expect-no-changes").ok().calls == []
    assert steps.left_in_pools(POOLS) == {}
    assert user.image.download_image(world.earlier).content == disk.read_bytes()


@pytest.mark.parametrize("part", ["glance", "cinder", "cinder-backup"])
def test_the_release_knows_every_option(stack: Stack, world: World, part: str) -> None:
    written = stack.resources()[f"{part}-config-{NODE}"]["inputs"]["sections"]
    wanted = {f"{section}.{name}": value for section, rows in written.items() for name, value in rows.items()}
    for service, _, section, name, value in world.taken:
        if service.replace("_", "-") == part:
            assert wanted[f"{section}.{name}"] == value
    backends = {"glance": ["rbd", "file_before_ceph"], "cinder": ["ceph"]}.get(part, [])
    unit = {"glance": "glance-api", "cinder": "cinder-volume"}.get(part, "cinder-backup")
    options = [(section, name) for section, rows in written.items() for name in rows]
    found = known.read(NODE, part.split("-")[0], lab.unit(NODE, unit).pid, backends, options)
    assert {name: value.lower() for name, value in found.items()} == {
        name: value.lower() for name, value in wanted.items()
    }


def reached(release: str, other: str) -> bool:
    """Return whether a release is the other one or a later one."""
    return RELEASES.index(release) >= RELEASES.index(other)


@pytest.mark.parametrize("service", ["glance", "cinder"])
def test_what_is_said_of_options_is_true_of_this_release(release: str, stack: Stack, service: str) -> None:
    backend = {"glance": "rbd", "cinder": "ceph"}[service]
    names = (service, "cinder_backup") if service == "cinder" else (service,)
    expected = {}
    for owner, new in ADDED:
        if owner in names:
            section, option, _ = option_of(owner, new.section, new.name)
            expected[section, option] = reached(release, new.since)
    for owner, gone in REMOVED:
        if owner in names:
            for section in ["DEFAULT", backend] if gone.section == ANY else [gone.section]:
                is_gone = gone.until not in RELEASES or reached(release, gone.until)
                expected[section, gone.name] = not is_gone
    pid = lab.unit(NODE, {"glance": "glance-api", "cinder": "cinder-volume"}[service]).pid
    found = known.read(NODE, service, pid, [backend], list(expected))
    assert {place: f"{place[0]}.{place[1]}" in found for place in expected} == expected


def test_an_uploaded_image_is_a_protected_snapshot(user: Connection, stack: Stack, world: World, disk: Path) -> None:
    world.image = steps.upload(user, "noise", disk)
    name = f"{IMAGES}/{world.image.id}"
    assert rbd.images(IMAGES) == [world.image.id]
    assert rbd.snapshots(name) == {"snap": True}
    assert world.image.direct_url == f"rbd://{lab.FSID}/{IMAGES}/{world.image.id}/snap"
    assert rbd.digest(name) == hashlib.sha256(disk.read_bytes()).hexdigest()


def test_a_volume_from_it_is_a_copy_on_write_child(user: Connection, world: World) -> None:
    steps.volume_type(user, steps.BACKEND)
    world.volume = steps.create_volume(user, "root", image=world.image)
    name = f"{VOLUMES}/volume-{world.volume.id}"
    assert rbd.parent(name) == f"{IMAGES}/{world.image.id}@snap"
    assert rbd.used(name) == 0


def test_backups_full_and_incremental(user: Connection, world: World) -> None:
    """Between the two backups something is written to the volume, as a server would write."""
    name = f"{VOLUMES}/volume-{world.volume.id}"
    world.digests = {"full": rbd.digest(name)}
    world.backups = {"full": steps.backup(user, world.volume, "full")}
    write = ("--io-type", "write", "--io-size", "4K", "--io-total", "1M", "--io-pattern", "rand")
    lab.on("ceph1", "rbd", "bench", *write, name)
    world.digests["increment"] = rbd.digest(name)
    world.backups["increment"] = steps.backup(user, world.volume, "increment", incremental=True)
    assert world.backups["increment"].is_incremental
    assert len(set(world.digests.values())) == 2


def test_the_driver_that_made_them_is_ceph_s(world: World) -> None:
    query = "SELECT DISTINCT service FROM release_cinder.backups WHERE deleted = 0"
    assert lab.on("controller1", "mariadb", "-Ne", query).split() == ["cinder.backup.drivers.ceph.CephBackupDriver"]
    (base,) = rbd.images(BACKUPS)
    assert base == f"volume-{world.volume.id}.backup.{world.backups['full'].id}"
    held = [snapshot.split(".snap.")[0] for snapshot in rbd.snapshots(f"{BACKUPS}/{base}")]
    assert sorted(held) == sorted(f"backup.{backup.id}" for backup in world.backups.values())


@pytest.mark.parametrize("which", ["full", "increment"])
def test_a_restored_backup_is_identical(user: Connection, world: World, which: str) -> None:
    target = steps.create_volume(user, f"restored: {which}")
    steps.restore(user, world.backups[which], target)
    assert rbd.digest(f"{VOLUMES}/volume-{target.id}") == world.digests[which]


def test_services_that_fail_say_so_and_are_repaired(stack: Stack) -> None:
    """The services log the lines by which the components judge a restart."""
    ours = [service.daemons["debian"] for service in SERVICES]
    daemons = {daemon.unit: daemon for daemon in ours if daemon.unit in UNITS}
    logged = {unit: len(lab.on(NODE, "cat", daemon.log)) for unit, daemon in daemons.items()}
    lab.edit(NODE, daemons["glance-api"].conf, "s/^(rbd_store_user = ).*/\\1nobody/")
    lab.edit(NODE, daemons["cinder-volume"].conf, "s/^((rbd_user|backup_ceph_user) = ).*/\\1nobody/")
    lab.on(NODE, "systemctl", "restart", *daemons)

    def failed(unit: str) -> bool:
        text = lab.on(NODE, "cat", daemons[unit].log)[logged[unit] :]
        return any(re.search(line, text, re.MULTILINE) for line in daemons[unit].failure_lines)

    until("each says that it failed", lambda: all(failed(unit) for unit in daemons) or None, 60)
    shown = stack.preview("--refresh", "--diff").ok().output
    assert shown.count("nobody") >= 3
    run = stack.up("--refresh").ok()
    assert run.count("restart_unit") == len(daemons)
    stack.up("--refresh", "--expect-no-changes").ok()


def test_everything_is_deleted_again(user: Connection, world: World) -> None:
    steps.delete_data(user, user)
    assert steps.left_in_pools(POOLS) == {}
    trimmed = [partial(rbd.data_objects, pool) for pool in POOLS]
    until("deleted snapshots are trimmed", lambda: not any(count() for count in trimmed) or None, 120)


def test_destroy_brings_the_earlier_back_ends_back(
    stack: Stack, before: dict[str, Any], user: Connection, disk: Path
) -> None:
    stack.destroy().ok()
    for node in ("ceph1", NODE):
        assert lab.etc(node) == before["etc"][node], f"/etc of {node} is not what it was"
    assert lab.cluster_state() == before["cluster"]
    for name, unit in units().items():
        assert unit.active == "active", name
    steps.volume_type(user, "nfs")
    image = steps.upload(user, "on files", disk)
    assert lab.exists(NODE, f"/var/lib/glance/images/{image.id}")
    volume = steps.create_volume(user, "on nfs", kind="nfs")
    assert lab.exists(NODE, f"/srv/nfs/volumes/volume-{volume.id}")
