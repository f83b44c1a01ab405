"""`user.caps` and `user.keep_pools`: what the user may do, what is refused, and what the operator is told."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack.parse import parse
from components.stack.wire import wire

from .graph import built, raw, settings

RAW_CAPS = {
    "mon": "allow r",
    "osd": "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, "
    "allow rx pool=images",
}
"""Those of the guides for a Cinder user that Nova shares."""


def cinder(**caps: str) -> dict[str, Any]:
    return {"cinder__user": {"name": "cinder", "caps": caps}}


def told(**changes: Any) -> list[str]:
    """Return what the operator is told about caps."""
    notices = wire(settings(**changes), "test").notices
    return [f"{notice.setting}: {notice.text}" for notice in notices if notice.setting.endswith(".caps")]


def test_a_user_has_the_caps_of_the_settings_and_no_other() -> None:
    assert built(**cinder(**RAW_CAPS))["cinder-user"].inputs["caps"] == RAW_CAPS


def test_every_generation_has_the_caps_of_the_settings() -> None:
    declared = built(cinder__user={"name": "cinder", "generation": 2, "caps": RAW_CAPS})
    assert declared["cinder-user-g2"].inputs["caps"] == RAW_CAPS


def test_with_caps_of_its_own_a_user_still_waits_for_the_pools_it_needs() -> None:
    assert built(**cinder(**RAW_CAPS))["cinder-user"].needs == {"cluster", "cinder-pool", "nova-pool", "glance-pool"}


def test_kept_pools_are_granted_beside_the_service_s_own() -> None:
    user = {"name": "cinder", "keep_pools": ["vms", "elsewhere"]}
    declared = built(nova__user={"name": "nova"}, cinder__user=user)
    assert declared["cinder-user"].inputs["caps"] == {
        "mon": "profile rbd",
        "mgr": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd pool=elsewhere",
        "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images, profile rbd pool=vms, "
        "profile rbd pool=elsewhere",
    }
    assert "nova-pool" in declared["cinder-user"].needs


def test_a_kept_pool_that_is_the_service_s_own_changes_nothing() -> None:
    """So the pool can be kept before it is taken from the service."""
    user = {"name": "cinder", "keep_pools": ["vms"]}
    assert built(cinder__user=user)["cinder-user"].inputs == built()["cinder-user"].inputs


def test_verify_looks_at_kept_pools_as_the_user() -> None:
    user = {"name": "cinder", "keep_pools": ["vms"]}
    accounts = wire(settings(nova__user={"name": "nova"}, cinder__user=user), "test").accounts
    assert {"volumes", "vms"} <= {
        pool for account in accounts for pool in account.pools if account.entity == "client.cinder"
    }


def test_raw_caps_without_a_blocklist_are_accepted_with_a_warning_that_names_what_breaks() -> None:
    assert told(**cinder(**RAW_CAPS)) == [
        "cinder.user.caps: with these caps for mon client.cinder cannot blocklist a dead client, so after its host "
        "crashed an image stays locked and its server does not start; `profile rbd` can (`python -m commands locks` "
        "removes such a lock)"
    ]
    glance = {"mon": "allow r", "osd": "allow rwx pool=images"}
    assert told(glance__user={"name": "glance", "caps": glance}) == [
        "glance.user.caps: with these caps for mon client.glance cannot blocklist a dead client, so an image stays "
        "locked when the service that wrote it has died; `profile rbd` can",
        "glance.user.caps: with these caps for osd client.glance cannot list clones, so snapshots can be neither "
        "protected nor unprotected; `profile rbd` can",
    ]


@pytest.mark.parametrize("mon", ["profile rbd", "allow *", 'allow r, allow command "osd blacklist"'])
def test_caps_that_can_blocklist_are_no_news(mon: str) -> None:
    assert told(**cinder(**{**RAW_CAPS, "mon": mon})) == []


def test_a_pool_that_cannot_be_cloned_from_is_said_and_not_refused() -> None:
    osd = "profile rbd pool=volumes, profile rbd pool=vms"
    assert told(**cinder(mon="profile rbd", osd=osd)) == [
        "cinder.user.caps: with these caps for osd client.cinder may not read pool images, so a volume of an image is "
        "a full copy, or fails; `profile rbd-read-only pool=images` lets it"
    ]


@pytest.mark.parametrize("osd", ["allow *", "allow rwx", "profile rbd", "allow rwx tag rbd *=*"])
def test_caps_without_a_pool_grant_every_pool(osd: str) -> None:
    assert told(**cinder(mon="profile rbd", osd=osd)) == []


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "a daemon that is none",
        cinder(mon="profile rbd", ods="profile rbd"),
        ['cinder.user.caps.ods: is no daemon that has caps; did you mean "osd"?'],
    ),
    (
        "a text that Ceph cannot read",
        cinder(mon="profile rbd", osd="allow rwx pools volumes"),
        [
            "cinder.user.caps.osd: is no text that Ceph reads as caps; write it as `ceph auth get` shows it, such as "
            "profile rbd pool=X"
        ],
    ),
    (
        "a pool that is only read",
        cinder(**{**RAW_CAPS, "osd": "allow rwx pool=volumes, allow rx pool=vms, allow rx pool=images"}),
        [
            "cinder.user.caps.osd: grants too little: client.cinder may not write to pool vms, so servers' own disks "
            "cannot be opened, because Nova shares this user; `profile rbd pool=vms` lets it; or name the pool that "
            "the user has"
        ],
    ),
    (
        "no monitor",
        cinder(osd=RAW_CAPS["osd"]),
        ["cinder.user.caps.mon: is missing, and without it no client connects; add mon: profile rbd"],
    ),
    (
        "no OSD",
        {"cinder_backup__user": {"name": "b", "caps": {"mon": "profile rbd"}}},
        [
            "cinder_backup.user.caps.osd: grants too little: client.b may not read pool backups, so no backup can be "
            "written or restored; `profile rbd pool=backups` lets it; or name the pool that the user has"
        ],
    ),
    (
        "both",
        {"cinder__user": {"name": "cinder", "caps": RAW_CAPS, "keep_pools": ["x"]}},
        ["cinder.user: keep_pools adds to the service's caps; with caps write the pools there"],
    ),
    (
        "in a cell",
        {
            "cluster__admin_host": None,
            "cluster__keys": {f"client.{name}": {"env": "K"} for name in ("glance", "cinder", "cinder-backup")},
            **cinder(**RAW_CAPS),
        },
        [
            "cinder.user.caps: has no effect without cluster.admin_host: the stack that has it manages pools and "
            "users; remove it"
        ],
    ),
]


@pytest.mark.parametrize(("changes", "lines"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(changes: dict[str, Any], lines: list[str]) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}" for line in lines]
