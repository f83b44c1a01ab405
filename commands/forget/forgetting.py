"""Takes a host out of a stack's state: its resources, and all that the others say of them."""

from __future__ import annotations

import copy
from typing import Any

from commands.forget.exported_state import ExportedState, host_of, is_encrypted
from commands.forget.forgotten import Forgotten

GUARD = "pulumi-python:dynamic/stack:Guard"
"""The type of gate and guard, the only resources whose inputs name hosts that they do not lie on."""


def forget(state: ExportedState, host: str) -> Forgotten:
    """Return the state without the host; the given state stays as it is."""
    document = copy.deepcopy(state.document)
    deployment = document["deployment"]
    rows: list[dict[str, Any]] = deployment["resources"]
    gone = [row for row in rows if host_of(row) == host]
    urns = {row["urn"] for row in gone}
    left = [row for row in rows if host_of(row) != host]
    edited = [row["urn"] for row in left if _without_references(row, urns)]
    for row in left:
        if row.get("type") == GUARD and _guards_less(row, host):
            edited.append(row["urn"])
    operations = deployment.get("pending_operations") or []
    kept = [operation for operation in operations if _resource_of(operation).get("urn") not in urns]
    for operation in kept:
        _without_references(_resource_of(operation), urns)
    deployment["resources"] = left
    if operations:
        deployment["pending_operations"] = kept
    return Forgotten(
        state=ExportedState(document),
        gone=gone,
        edited=list(dict.fromkeys(edited)),
        operations=len(operations) - len(kept),
        encrypted=[row["urn"] for row in left if is_encrypted(_hidden(row))],
    )


def _resource_of(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation.get("resource") or {}
    return found


def _without_references(row: dict[str, Any], urns: set[str]) -> bool:
    """Take the URNs out of all that a resource says of others, and return whether one was there."""
    found = False
    for name in ("dependencies", "replaceWith"):
        named = row.get(name)
        if named and (kept := [urn for urn in named if urn not in urns]) != named:
            row[name], found = kept, True
    for name, named in (row.get("propertyDependencies") or {}).items():
        if named and (kept := [urn for urn in named if urn not in urns]) != named:
            row["propertyDependencies"][name], found = kept, True
    if row.get("deletedWith") in urns:
        del row["deletedWith"]
        found = True
    return found


def _guards_less(row: dict[str, Any], host: str) -> bool:
    """Take the host's rows out of what a gate or guard looks at, and return whether one was there."""
    found = False
    for part in ("inputs", "outputs"):
        guarded = row.get(part) or {}
        for name, value in guarded.items():
            if isinstance(value, list) and (kept := [item for item in value if not _is_on(item, host)]) != value:
                guarded[name], found = kept, True
        # The state of an earlier version has what is in `looks_at` side by side, and the secrets in a list.
        looked_at = guarded.get("looks_at", guarded)
        found = _places_without(looked_at, host) or found
        if isinstance(looked_at, dict) and isinstance(secrets := looked_at.get("secrets"), dict):
            found = secrets.pop(host, None) is not None or found
    return found


def _places_without(guarded: Any, host: str) -> bool:
    """Take the host's data places out, and what only they named; return whether there were any."""
    places = guarded.get("places") if isinstance(guarded, dict) else None
    if not isinstance(places, dict) or host not in places:
        return False
    del places[host]
    named = {component for components in places.values() for component in components}
    files = {component: paths for component, paths in (guarded.get("files") or {}).items() if component in named}
    # The gate of a stack without such places has neither input.
    for name, left in (("places", places), ("files", files)):
        guarded.pop(name, None)
        if left:
            guarded[name] = left
    return True


def _is_on(item: Any, host: str) -> bool:
    return isinstance(item, dict) and item.get("host") == host


def _hidden(row: dict[str, Any]) -> Any:
    """Return what may name the host and is encrypted: the host of a resource, the secrets that a guard looks at."""
    inputs = row.get("inputs") or {}
    if row.get("type") != GUARD:
        return inputs.get("host")
    looked_at = inputs.get("looks_at", inputs)
    return looked_at if is_encrypted(looked_at) else looked_at.get("secrets")
