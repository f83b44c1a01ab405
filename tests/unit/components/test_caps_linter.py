"""The caps linter: each mistake that breaks a feature is named by the feature, and what the program gives has none."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.stack.caps_linter import caps_flaws
from components.stack.inventory import take_inventory
from components.stack.wire import wire
from docs.examples.gnocchi import GNOCCHI
from tests.golden.variants import CHANGES

from .graph import FSID, raw, settings

OWN_NOVA = {"nova__user": {"name": "nova"}}
PROFILE = {"mon": "profile rbd"}
SHARED = "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images"

# what is asked for, the user, its caps, and per flaw: the daemon, whether it is fatal, and words of what breaks
MISTAKES: list[tuple[str, dict[str, Any], str, dict[str, str], list[tuple[str, bool, str]]]] = [
    (
        "no blocklist for a guest's user",
        {},
        "client.cinder",
        {"mon": "allow r", "osd": SHARED},
        [("mon", False, "an image stays locked and its server does not start")],
    ),
    (
        "no blocklist for a service's user",
        {},
        "client.cinder-backup",
        {"mon": "allow r", "osd": "profile rbd pool=backups"},
        [("mon", False, "an image stays locked when the service that wrote it has died")],
    ),
    (
        "no pool of disks for the shared user",
        {},
        "client.cinder",
        {**PROFILE, "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images"},
        [("osd", True, "servers' own disks cannot be opened, because Nova shares this user")],
    ),
    (
        "images to read only, with direct snapshots",
        {"nova__direct_snapshots": True},
        "client.cinder",
        {**PROFILE, "osd": SHARED},
        [("osd", True, "may not write to pool images, so Nova's direct snapshots fall back to slow uploads")],
    ),
    (
        "images to read only, with direct snapshots of Nova's own user",
        {**OWN_NOVA, "nova__direct_snapshots": True},
        "client.nova",
        {**PROFILE, "osd": "profile rbd pool=vms, profile rbd-read-only pool=images"},
        [("osd", True, "direct snapshots fall back to slow uploads")],
    ),
    (
        "Nova's own user without images",
        OWN_NOVA,
        "client.nova",
        {**PROFILE, "osd": "profile rbd pool=vms"},
        [("osd", False, "a server's disk is a full copy of its image")],
    ),
    (
        "Glance that cannot see clones, with clone v2",
        {"glance__clone_v2": True},
        "client.glance",
        {**PROFILE, "osd": "profile rbd pool=images, profile rbd-read-only pool=volumes"},
        [("osd", False, "may not read pool vms, so an image with clones there cannot be deleted (clone v2)")],
    ),
    (
        "raw caps without rbd_children",
        {},
        "client.glance",
        {**PROFILE, "osd": "allow rwx pool=images"},
        [("osd", False, "snapshots can be neither protected nor unprotected")],
    ),
    (
        "one of several pools left out",
        {
            "cinder__pool": None,
            "cinder__backends": {name: {"pool": {"name": name}} for name in ("volumes", "ssd")},
        },
        "client.cinder",
        {**PROFILE, "osd": SHARED},
        [("osd", True, "may not read pool ssd, so volumes there can be neither made nor attached")],
    ),
    (
        "an erasure-coded data pool left out",
        {
            "cluster__erasure_code_profiles": {"ec42": {"k": 4, "m": 2}},
            "cinder__pool": {"name": "volumes", "data_pool": {"name": "volumes-data", "erasure_code_profile": "ec42"}},
            **OWN_NOVA,
        },
        "client.cinder",
        {**PROFILE, "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images"},
        [("osd", True, "may not read pool volumes-data, so volumes there can be neither made nor attached")],
    ),
    (
        "no OSD caps at all",
        {},
        "client.cinder-backup",
        PROFILE,
        [("osd", True, "no backup can be written or restored")],
    ),
]


@pytest.mark.parametrize(
    ("changes", "entity", "caps", "flaws"), [row[1:] for row in MISTAKES], ids=[r[0] for r in MISTAKES]
)
def test_a_mistake_is_named_by_what_it_breaks(
    changes: dict[str, Any], entity: str, caps: dict[str, str], flaws: list[tuple[str, bool, str]]
) -> None:
    needed = wire(settings(**changes), "test").users[FSID][entity]
    found = list(caps_flaws(caps, needed))
    assert [(flaw.daemon, flaw.is_fatal) for flaw in found] == [flaw[:2] for flaw in flaws]
    for flaw, (_, _, words) in zip(found, flaws, strict=True):
        assert words in flaw.what


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_program_gives_breaks_nothing(name: str) -> None:
    given = settings(**{**CHANGES[name], "cluster__admin_host": raw()["cluster"]["admin_host"], "cluster__keys": {}})
    inventory = take_inventory(given, "test", SERVICES)
    needed = wire(given, "test").users
    judged = [
        (user.caps.texts, needed[there.site.fsid][user.user.entity])
        for there in inventory.in_use
        for user in there.users.values()
        if user.user.caps is None
    ]
    assert judged
    assert [list(caps_flaws(texts, user)) for texts, user in judged] == [[] for _ in judged]


RAW = {
    "client.glance": "allow class-read object_prefix rbd_children, allow rwx pool=images",
    "client.cinder": "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, "
    "allow rx pool=images",
    "client.cinder-backup": "allow class-read object_prefix rbd_children, allow rwx pool=backups",
}


@pytest.mark.parametrize("entity", RAW)
def test_the_guides_raw_caps_break_nothing_but_the_blocklist(entity: str) -> None:
    found = list(caps_flaws({"mon": "allow r", "osd": RAW[entity]}, wire(settings(), "test").users[FSID][entity]))
    assert [flaw.daemon for flaw in found] == ["mon"]
    with_blocklist = {"mon": 'allow r, allow command "osd blocklist"', "osd": RAW[entity]}
    assert list(caps_flaws(with_blocklist, wire(settings(), "test").users[FSID][entity])) == []


def test_a_user_of_something_else_than_images_is_judged_by_its_pool_only() -> None:
    services = (*SERVICES, GNOCCHI)
    given = settings(services, gnocchi={"hosts": ["controller1"], "pool": {"name": "metrics"}})
    needed = wire(given, "test", services).users[FSID]["client.gnocchi"]
    assert list(caps_flaws({"mon": "allow r", "osd": "allow rwx pool=metrics"}, needed)) == []
    (flaw,) = caps_flaws({"mon": "allow r", "osd": "allow rwx pool=other"}, needed)
    assert (flaw.pool, flaw.is_fatal) == ("metrics", True)
