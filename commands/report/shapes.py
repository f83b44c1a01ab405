"""The inputs of a resource in their present shape, whichever version of the program wrote them into the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_RECORDED = "(not recorded)"
"""Stands for a value that an earlier version did not write into the state."""

GUARD = ("places", "files", "caps", "settings", "monitors")


def upgraded(kind: str, inputs: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the inputs in the present shape; those that have it already are returned as they are.

    Args:
        kind: The type, such as `host:Service`.
        inputs: The inputs.
        beside: The inputs on the other side of the change; empty if there are none.
    """
    if kind == "host:Service" and isinstance(inputs.get("watch"), list):
        watch = {file["path"]: _watched(file) for file in inputs["watch"] if not file.get("optional")}
        return {**{name: value for name, value in inputs.items() if name != "reads"}, "watch": watch}
    if kind == "openstack:ConfigSections":
        lists = {name: _joined(inputs[name]) for name in ("list_items", "list_items_if_absent") if name in inputs}
        return {**inputs, **lists}
    if kind == "stack:Guard" and "looks_at" not in inputs:
        kept = {name: value for name, value in inputs.items() if name in ("stack", "fsid", "guards", "cloud")}
        return {**kept, "looks_at": {name: inputs[name] for name in GUARD if inputs.get(name)}} if inputs else {}
    return inputs


def _watched(file: Mapping[str, Any]) -> dict[str, Any]:
    if file["dialect"] == "keyring":
        return {"dialect": "keyring", "entity": next(iter(file["options"]), "")}
    options = {name: dict.fromkeys(listed, NOT_RECORDED) for name, listed in file["options"].items()}
    return {"dialect": file["dialect"], "options": options}


def _joined(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        section: {name: items if isinstance(items, str) else ",".join(items) for name, items in options.items()}
        for section, options in sections.items()
    }
