"""`pool.data_pool`: an erasure-coded pool for data of images, its caps, the client's option, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.stack.parse import parse
from components.stack.wire import wire
from docs.examples.gnocchi import GNOCCHI
from tests.golden.variants import CHANGES

from .graph import Declared, before, built, raw, settings

DATA = {"name": "volumes-data", "erasure_code_profile": "ec42"}
PROFILES = {"ec42": {"k": 4, "m": 2}}
OWN: dict[str, Any] = {
    "cluster__erasure_code_profiles": PROFILES,
    "cinder__pool": {"name": "volumes", "data_pool": DATA},
    "nova__user": {"name": "nova"},
}
"""A data pool for volumes, with a user of Nova's own, because a client has one data pool for all that it makes."""


def osd(declared: dict[str, Declared], label: str) -> list[str]:
    return str(declared[f"{label}-user"].inputs["caps"]["osd"]).split(", ")


def conf(declared: dict[str, Declared], host: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = declared[f"ceph-conf-{host}"].inputs["sections"]
    return found


def test_the_pool_is_made_of_its_profile_and_before_who_may_use_it() -> None:
    declared = built(**OWN)
    pool = declared["cinder-data-pool"]
    assert pool.inputs["erasure_code_profile"] == "ec42"
    assert pool.needs == {"cluster", "erasure-code-profile-ec42"}
    assert "size" not in pool.inputs
    assert "data_pool" not in declared["cinder-pool"].inputs
    assert "cinder-data-pool" in declared["cinder-user"].needs
    assert "cinder-data-pool" not in declared["glance-user"].needs


def test_whoever_may_use_a_pool_may_use_its_data_pool_in_the_same_way() -> None:
    declared = built(**OWN, cinder_backup__read_volumes=True)
    assert osd(declared, "cinder") == [
        "profile rbd pool=volumes",
        "profile rbd-read-only pool=images",
        "profile rbd pool=volumes-data",
    ]
    assert osd(declared, "cinder-backup")[-2:] == [
        "profile rbd-read-only pool=volumes",
        "profile rbd-read-only pool=volumes-data",
    ]
    assert osd(declared, "nova") == ["profile rbd pool=vms", "profile rbd-read-only pool=images"]
    assert declared["cinder-user"].inputs["caps"]["mgr"] == "profile rbd pool=volumes"


def test_clones_are_read_with_their_parents_data() -> None:
    declared = built(glance__pool={"name": "images", "data_pool": {"name": "images-data"}})
    for label in ("cinder", "glance"):
        profile = "rbd" if label == "glance" else "rbd-read-only"
        assert osd(declared, label)[-1] == f"profile {profile} pool=images-data"


def test_only_that_client_gets_the_option_and_only_once_it_may() -> None:
    declared = built(**OWN)
    keyring = "/etc/ceph/ceph.client.cinder.keyring"
    for host in ("controller1", "compute1"):
        sections = conf(declared, host)
        assert sections["client.cinder"] == {"keyring": keyring, "rbd_default_data_pool": "volumes-data"}
        assert [name for name in sections if "rbd_default_data_pool" in sections[name]] == ["client.cinder"]
        assert {"cinder-user", "cinder-data-pool"} <= before(declared, f"ceph-conf-{host}")
    restart = declared["cinder-volume-controller1"].inputs["watch"]["/etc/ceph/ceph.conf"]
    assert restart["options"]["client.cinder"]["rbd_default_data_pool"] == "volumes-data"
    assert "rbd_default_data_pool" not in str(declared["glance-api-controller1"].inputs["watch"])


def test_each_generation_gets_it_and_a_keyring_that_is_left_alone_is_no_reason_not_to() -> None:
    changes = {**OWN, "cinder__user": {"name": "cinder", "generation": 2}}
    sections = conf(built(**changes, cinder__keyrings={"client.cinder": {"managed": False}}), "controller1")
    assert sections["client.cinder"] == {"rbd_default_data_pool": "volumes-data"}
    assert sections["client.cinder-g2"]["rbd_default_data_pool"] == "volumes-data"


def test_pools_that_a_user_keeps_are_kept_with_their_data() -> None:
    nova = {"name": "vms", "data_pool": {"name": "vms-data"}}
    kept = {"name": "cinder", "keep_pools": ["vms"]}
    declared = built(nova__pool=nova, nova__user={"name": "nova"}, cinder__user=kept)
    assert "profile rbd pool=vms-data" in osd(declared, "cinder")
    assert "rbd_default_data_pool" not in conf(declared, "controller1")["client.cinder"]
    assert conf(declared, "compute1")["client.nova"]["rbd_default_data_pool"] == "vms-data"


def test_gate_and_guard_know_it() -> None:
    declared = built(**OWN)
    gate, guard = (declared[name].inputs["looks_at"] for name in ("gate", "guard"))
    assert gate["data_pools"] == {"volumes-data": "ec42"}
    assert {"volumes", "volumes-data"} <= set(guard["pools"])
    assert "data_pools" not in guard
    assert "data_pools" not in built()["gate"].inputs["looks_at"]


def test_verify_looks_at_it_as_each_user() -> None:
    accounts = wire(settings(**OWN), "test").accounts
    assert {account.pools for account in accounts if account.entity == "client.cinder"} == {
        ("images", "volumes-data", "volumes")
    }


def test_one_data_pool_of_several_pools_is_made_and_granted_once() -> None:
    declared = built(**CHANGES["data_pool_of_several"])
    made = [name for name, resource in declared.items() if resource.inputs.get("name") == "data"]
    assert made == ["cinder-data-pool"]
    assert osd(declared, "cinder").count("profile rbd pool=data") == 1
    assert "cinder-pool-data" in declared  # a back end that is called so, whose name is no data pool's


def test_a_cell_names_it_in_ceph_conf_and_says_no_more_of_it() -> None:
    cell = {
        "cluster__admin_host": None,
        "cluster__keys": {f"client.{name}": {"env": "K"} for name in ("glance", "cinder", "cinder-backup", "nova")},
        "nova__user": {"name": "nova"},
    }
    declared = built(**cell, cinder__pool={"name": "volumes", "data_pool": {"name": "volumes-data"}})
    assert conf(declared, "compute1")["client.cinder"]["rbd_default_data_pool"] == "volumes-data"
    assert parse(raw(**cell, cinder__pool={"name": "volumes", "data_pool": DATA})) == [
        "ceph-openstack:cinder.pool.data_pool.erasure_code_profile: has no effect without cluster.admin_host: the "
        "stack that has it manages pools and users; remove it"
    ]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "two data pools for one user",
        {"cinder__pool": {"name": "volumes", "data_pool": {"name": "volumes-data"}}},
        "cinder.pool.data_pool: client.cinder makes images in several pools, and not all have one data pool: "
        "cinder.pool volumes (volumes-data), nova.pool vms (none); a client has one data pool for all that it makes: "
        "say the same data_pool at each, with shared: true, or give each service a user of its own",
    ),
    (
        "the pool itself",
        {"glance__pool": {"name": "images", "data_pool": {"name": "images"}}},
        'glance.pool.name: "images" is already the pool of glance.pool.data_pool, and a pool has either images or data '
        "of images that are elsewhere; choose another name",
    ),
    (
        "another service's pool",
        {"glance__pool": {"name": "images", "data_pool": {"name": "vms"}}},
        'nova.pool.name: "vms" is already the pool of glance.pool.data_pool, and a pool has either images or data of '
        "images that are elsewhere; choose another name",
    ),
    (
        "a rule for replicated pools",
        {
            "cluster__crush_rules": {"ssd": {"device_class": "ssd"}},
            "glance__pool": {"name": "images", "data_pool": {"name": "images-data", "crush_rule": "ssd"}},
        },
        'glance.pool.data_pool.crush_rule: "ssd" is one of cluster.crush_rules, which are for replicated pools; leave '
        "it out, and say device_class and failure_domain in the erasure code profile",
    ),
    (
        "fewer parts than the data needs",
        {
            "cluster__erasure_code_profiles": PROFILES,
            "glance__pool": {
                "name": "images",
                "data_pool": {"name": "d", "erasure_code_profile": "ec42", "min_size": 3},
            },
        },
        "glance.pool.data_pool.min_size: must be from 4 to 6, which are k and k + m of erasure code profile ec42; "
        "correct it",
    ),
    (
        "profiles in a cell",
        {**CHANGES["cell"], "cluster__erasure_code_profiles": PROFILES},
        "cluster.erasure_code_profiles: has no effect without cluster.admin_host: the stack that has it manages pools "
        "and users; remove it",
    ),
]


@pytest.mark.parametrize(("changes", "line"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused(changes: dict[str, Any], line: str) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}"]


def test_a_pool_of_other_objects_has_none() -> None:
    gnocchi = {"hosts": ["controller1"], "pool": {"name": "metrics", "data_pool": {"name": "d"}}}
    assert parse(raw(gnocchi=gnocchi), services=(*SERVICES, GNOCCHI)) == [
        "ceph-openstack:gnocchi.pool.data_pool: is for pools of RBD images, and this service keeps none there; leave "
        "it out"
    ]
