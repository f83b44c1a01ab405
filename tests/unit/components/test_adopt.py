"""`adopt: true` for the stack: which resources are taken over, and what one thing's own `adopt` says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack.wire import wire
from providers.models import Desired

from .graph import Declared, built, settings

NOT_OWNED = {"Guard", "Preflight", "Cluster", "ImageProperties"}
"""Kinds that take nothing over: checks, and properties of which each alone is put back."""


@pytest.fixture(scope="module")
def adopted() -> dict[str, Declared]:
    wanted = {"cloud": "c", "volume_types": {"ceph": {}}, "images": {"i": {}}}
    return built(adopt=True, openstack=wanted, nova__client_options={"log file": "/var/log/qemu/x.log"})


def test_every_resource_that_can_be_taken_over_is_taken_over(adopted: dict[str, Declared]) -> None:
    kinds = {
        resource.kind: resource.inputs.get("adopt")
        for resource in adopted.values()
        if "stack" in resource.inputs and resource.kind not in NOT_OWNED
    }
    assert set(kinds.values()) == {True}
    assert len(kinds) == 9
    assert all(resource.inputs.get("adopt") for resource in adopted.values() if resource.kind in kinds)


def test_without_adopt_nothing_new_is_sent_to_the_engine() -> None:
    named = {resource.kind for resource in built().values() if "adopt" in resource.inputs}
    assert named == {"Pool", "CephxUser", "KeyringFile", "LibvirtSecret"}
    assert not any(resource.inputs.get("adopt") for resource in built().values())


def test_a_thing_s_own_adopt_wins_over_the_stack_s() -> None:
    declared = built(
        adopt=True,
        glance__pool={"name": "images", "adopt": False},
        nova__user={"name": "nova", "adopt": False},
        openstack={"cloud": "c", "volume_types": {"ceph": {"adopt": False}}},
    )
    own = ("glance-pool", "nova-user", "nova-keyring-compute1", "nova-secret-compute1", "volume-type-ceph")
    assert [declared[name].inputs["adopt"] for name in own] == [False] * 5
    stacks = ("cinder-pool", "cinder-user", "cinder-keyring-compute1", "cinder-secret-compute1")
    assert [declared[name].inputs["adopt"] for name in stacks] == [True] * 4


def test_a_later_generation_is_made_and_never_taken_over() -> None:
    declared = built(adopt=True, cinder__user={"name": "cinder", "generation": 2})
    first = ("cinder-user", "cinder-keyring-compute1", "cinder-secret-compute1")
    assert [declared[name].inputs["adopt"] for name in first] == [True] * 3
    second = ("cinder-user-g2", "cinder-keyring-g2-compute1", "cinder-secret-g2-compute1")
    assert [declared[name].inputs["adopt"] for name in second] == [False] * 3


@pytest.mark.parametrize("written", [True, "true"])
def test_adopt_is_read_as_yaml_and_as_pulumi_hands_it_over(written: Any) -> None:
    assert settings(adopt=written).adopt is True
    assert settings(adopt="false").adopt is False


def test_the_guard_watches_no_pool_and_no_user_that_was_taken_over(adopted: dict[str, Declared]) -> None:
    looks_at = adopted["guard"].inputs["looks_at"]
    assert (looks_at["pools"], looks_at["entities"]) == ({}, {})
    assert set(looks_at["secrets"]) == {"compute1", "compute2"}


def test_a_cell_takes_over_what_is_on_its_hosts() -> None:
    keys = {f"client.{name}": {"env": "K"} for name in ("glance", "cinder", "cinder-backup")}
    nodes = wire(settings(adopt=True, cluster__admin_host=None, cluster__keys=keys), "test").nodes
    models = [node.model for node in nodes.values() if isinstance(node.model, Desired)]
    assert {type(model).__name__ for model in models if getattr(model, "adopt", None)} == {
        "DirectoryDesired",
        "CephConfDesired",
        "KeyringDesired",
        "SecretDesired",
        "ConfigSectionsDesired",
        "ServiceDesired",
    }
