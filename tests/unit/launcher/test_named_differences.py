"""After an adoption a preview names what the settings still want, by the inputs and by the steps."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from providers.launcher.named_differences import with_names

ADD, UPDATE, DELETE = (getattr(provider_pb2.PropertyDiff.Kind, name) for name in ("ADD", "UPDATE", "DELETE"))
SOME, UNKNOWN = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_UNKNOWN
FOUND = {
    "sections": {"ceph": {"depth": "3", "pool": "volumes"}, "client.cinder": {"keyring": "/old"}},
    "list_items": {"DEFAULT": {"enabled_backends": []}},
    "mode": "0600",
    "pending": ["write /etc/x"],
    "__provider": "a",
}
WANTED = {
    "sections": {"ceph": {"depth": "5", "pool": "volumes", "report": "true"}, "client.cinder": {"keyring": "/new"}},
    "list_items": {"DEFAULT": {"enabled_backends": ["ceph"]}},
    "mode": "0600",
    "__provider": "b",
}


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def named(olds: dict[str, Any], news: dict[str, Any], changes: Any = SOME) -> Any:
    request = provider_pb2.DiffRequest(olds=struct(olds), news=struct(news))
    return with_names(request, provider_pb2.DiffResponse(changes=changes, deleteBeforeReplace=True))


def test_each_option_item_and_attribute_that_is_not_as_found_is_named_and_so_is_the_step() -> None:
    response = named(FOUND, WANTED)
    assert {path: diff.kind for path, diff in response.detailedDiff.items()} == {
        "sections.ceph.depth": UPDATE,
        "sections.ceph.report": ADD,
        'sections["client.cinder"].keyring': UPDATE,
        "list_items.DEFAULT.enabled_backends": UPDATE,
        "pending": DELETE,
    }
    assert response.hasDetailedDiff
    assert response.deleteBeforeReplace
    assert not any(diff.inputDiff for diff in response.detailedDiff.values())  # the outputs say what was found


def test_what_only_the_steps_can_say_is_said_by_them() -> None:
    response = named({**FOUND, **WANTED, "pending": ["systemctl restart x"]}, WANTED)
    assert list(response.detailedDiff) == ["pending"]


def test_without_an_adoption_the_engine_compares_for_itself() -> None:
    for response in (named({**FOUND, "pending": []}, WANTED), named(FOUND, WANTED, changes=UNKNOWN)):
        assert not response.hasDetailedDiff
        assert not response.detailedDiff
