"""The grammar of names and numbers: one rule for the settings and for the providers."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from providers.ceph.pool import PoolDesired
from providers.ceph.user import UserDesired
from providers.formats import names
from tests.unit.components.graph import FSID, raw

CAPS = {"mon": "profile rbd"}


def said_by_the_settings(**changes: Any) -> list[str]:
    found = parse(raw(**changes))
    return [] if isinstance(found, StackSettings) else found


def said_by_the_provider(model: type[Any], **fields: Any) -> list[str]:
    try:
        model(stack="dev", fsid=FSID, **fields)
    except ValidationError as problem:
        return [error["msg"].removeprefix("Value error, ") for error in problem.errors()]
    return []


POOLS = {
    "images": True,
    "_images": True,
    "7": True,
    "a.b-c_d": True,
    "p" * 200: True,
    "p" * 256: False,
    ".mgr": False,
    "-x": False,
    "a b": False,
    "": False,
    "bilder\n": False,
    "größe": False,
}


@pytest.mark.parametrize(("name", "right"), POOLS.items())
def test_settings_and_provider_agree_on_the_name_of_a_pool(name: str, right: bool) -> None:
    settings = said_by_the_settings(glance__pool={"name": name})
    provider = said_by_the_provider(PoolDesired, name=name)
    assert (settings == []) is (provider == []) is right
    assert settings == [f"ceph-openstack:glance.pool.name: {line}" for line in provider]
    assert all("choose" in line and (name == "" or name not in line) for line in provider)


USERS = {
    "glance": True,
    "_glance": True,
    "bootstrap-x": True,
    "crashplan": True,
    "administrator": True,
    "admin": False,
    "crash": False,
    "crash.host": False,
    "bootstrap-osd": False,
    "bootstrap-rbd-mirror": False,
    "a b": False,
    "x]": False,
    "": False,
    "u" * 129: False,
}


@pytest.mark.parametrize(("name", "right"), USERS.items())
def test_settings_and_provider_agree_on_the_name_of_a_user(name: str, right: bool) -> None:
    settings = said_by_the_settings(glance__user={"name": name})
    provider = said_by_the_provider(UserDesired, entity=f"client.{name}", caps=CAPS)
    assert (settings == []) is (provider == []) is right
    assert settings == [f"ceph-openstack:glance.user.name: {line}" for line in provider]
    assert all("choose" in line for line in provider)


@pytest.mark.parametrize("size", [3, 3.0])
def test_a_whole_number_may_arrive_as_a_float(size: Any) -> None:
    """The engine's protocol knows floats only."""
    assert said_by_the_settings(glance__pool={"name": "images", "size": size}) == []
    assert PoolDesired(stack="dev", fsid=FSID, name="images", size=size).size == 3


@pytest.mark.parametrize("field", ["size", "min_size", "pg_num", "target_size_ratio"])
def test_true_is_no_number(field: str) -> None:
    said = "must be a number, and is true or false; write a number"
    assert said_by_the_settings(glance__pool={"name": "images", field: True}) == [
        f"ceph-openstack:glance.pool.{field}: {said}"
    ]
    assert said_by_the_provider(PoolDesired, name="images", **{field: True}) == [said]


def test_true_is_no_generation_and_no_port() -> None:
    assert said_by_the_settings(glance__user={"name": "glance", "generation": True})
    assert said_by_the_settings(ssh__port=True)


UUID_OF_A_SECRET = "0D5D0D5D-0C1E-4D0A-9B6E-1AB0CE9D0501"


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (names.Uuid, UUID_OF_A_SECRET, UUID_OF_A_SECRET.lower()),
        (names.Uuid, UUID_OF_A_SECRET.replace("-", ""), UUID_OF_A_SECRET.lower()),
        (names.HostName, "controller-1.example", "controller-1.example"),
        (names.ClusterName, "ceph_2", "ceph_2"),
        (names.Entity, "client.admin", "client.admin"),
        (names.ExtraSpecName, ":x", ":x"),
        (names.PropertyName, "hw:x", "hw:x"),
        (names.VolumeTypeName, "_DEFAULT_", "_DEFAULT_"),
    ],
)
def test_each_name_is_taken(kind: Any, given: str, kept: str) -> None:
    assert TypeAdapter(kind).validate_python(given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (names.Uuid, "f5a1"),
        (names.HostName, "a/b"),
        (names.HostName, ".a"),
        (names.HostName, "a\n"),
        (names.ClusterName, "a.b"),
        (names.ClusterName, "c" * 33),
        (names.Entity, "admin"),
        (names.Entity, "osd.0"),
        (names.Entity, "client."),
        (names.OwnEntity, "client.admin"),
        (names.ExtraSpecName, "a b"),
        (names.PropertyName, "a=b"),
        (names.VolumeTypeName, ".x"),
    ],
)
def test_each_refusal_says_what_to_do(kind: Any, given: str) -> None:
    with pytest.raises(ValidationError, match=r"; (choose|correct|write|remove) "):
        TypeAdapter(kind).validate_python(given)
