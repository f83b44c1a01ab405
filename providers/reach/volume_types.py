"""Volume types as Cinder's API has them: which one a name means, its values, and the calls that change them.

A type's values are one flat map, so that each value has an earlier value of its own. The names are `description`,
`public` and `extra_specs.<name>`.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from providers.reach.cloud import Cloud, understood
from providers.reach.cloud_call import CloudCall

SPEC = "extra_specs."


def named(cloud: Cloud, name: str) -> dict[str, Any] | None:
    """Return the type of this name, as the API gives it: names are unique, private ones included."""
    rows = cloud.listed("volume", "/types?is_public=None", "volume_types")
    with understood(cloud.where, "/types"):
        return next((row for row in rows if row["name"] == name), None)


def volumes_of(cloud: Cloud, name: str) -> int:
    """Return how many volumes of all projects have this type. Cinder filters by no type, so it lists them all."""
    rows = cloud.listed("volume", "/volumes/detail?all_tenants=1", "volumes")
    with understood(cloud.where, "/volumes/detail"):
        return sum(row["volume_type"] == name for row in rows)


def values_of(cloud: Cloud, row: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a type as the API gives it."""
    with understood(cloud.where, "/types"):
        specs: Mapping[str, str] = row["extra_specs"]
        return {
            "description": row["description"] or "",
            "public": row["is_public"],
            **{SPEC + name: str(value) for name, value in specs.items()},
        }


def touches_specs(changes: Mapping[str, Any]) -> bool:
    """Return whether extra specs are among the changes."""
    return any(name.startswith(SPEC) for name in changes)


def in_use(volumes: int) -> str:
    """Say how many volumes there are, with the verb."""
    return "there is 1 volume" if volumes == 1 else f"there are {volumes} volumes"


def creating(name: str, wanted: Mapping[str, Any]) -> CloudCall:
    """Return the call that makes a type with these values."""
    specs = {key.removeprefix(SPEC): value for key, value in wanted.items() if key.startswith(SPEC)}
    body = {
        "name": name,
        "description": wanted.get("description", ""),
        "os-volume-type-access:is_public": wanted["public"],
        "extra_specs": specs,
    }
    words = ["--public" if wanted["public"] else "--private", *_description(wanted), *_properties(specs)]
    command = shlex.join(["volume", "type", "create", *words, name])
    return CloudCall("volume", "POST", "/types", command, {"volume_type": body})


def _description(values: Mapping[str, Any]) -> list[str]:
    return ["--description", values["description"] or ""] if "description" in values else []


def _properties(specs: Mapping[str, str]) -> list[str]:
    return [word for key, value in specs.items() for word in ("--property", f"{key}={value}")]


def changing(name: str, id_: str, changes: Mapping[str, Any]) -> list[CloudCall]:
    """Return the calls that change these values; None removes an extra spec, and empties a description."""
    specs = {key.removeprefix(SPEC): value for key, value in changes.items() if key.startswith(SPEC)}
    given = {key: value for key, value in specs.items() if value is not None}
    own: dict[str, Any] = {}
    if "description" in changes:
        own["description"] = changes["description"] or ""  # null would leave it as it is
    if changes.get("public") is not None:
        own["is_public"] = changes["public"]
    calls: list[CloudCall] = []
    if own:
        public = ["--public" if own["is_public"] else "--private"] if "is_public" in own else []
        command = shlex.join(["volume", "type", "set", *public, *_description(own), name])
        calls.append(CloudCall("volume", "PUT", f"/types/{id_}", command, {"volume_type": own}))
    if given:
        command = shlex.join(["volume", "type", "set", *_properties(given), name])
        calls.append(CloudCall("volume", "POST", f"/types/{id_}/extra_specs", command, {"extra_specs": given}))
    calls += [
        CloudCall(
            "volume",
            "DELETE",
            f"/types/{id_}/extra_specs/{quote(key)}",
            shlex.join(["volume", "type", "unset", "--property", key, name]),
            accept=(404,),
        )
        for key, value in specs.items()
        if value is None
    ]
    return calls


def made(cloud: Cloud, call: CloudCall, answer: Any) -> str:
    """Return the id of the type that a call made, empty when the call makes none."""
    if (call.method, call.path) != ("POST", "/types"):
        return ""
    with understood(cloud.where, str(call)):
        return str(answer["volume_type"]["id"])


def deleting(name: str, id_: str) -> CloudCall:
    """Return the call that deletes a type; one that is gone already is fine."""
    command = shlex.join(["volume", "type", "delete", name])
    return CloudCall("volume", "DELETE", f"/types/{id_}", command, accept=(404,))
