"""Inputs of gate and guard as earlier versions sent them: lists side by side, which are parts of `looks_at` now."""

from __future__ import annotations

from typing import Any

from providers.formats.keyed import as_keys

ALWAYS = ("pools", "entities", "secrets", "volume_types")
GATE = ("places", "files", "caps", "settings", "monitors")
"""What only the gate is sent. The first version did not send these."""
NEW = ("min_compat_client",)
"""What is sent for settings that earlier versions knew, too, and sent nothing for."""
MARK = "carried_over"
"""What marked the gate of a state that the first version made."""


def guard_inputs(inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs in the present shape; see `Kind.upgraded`."""
    other = beside.get("looks_at")
    if "looks_at" in inputs:
        missing = {} if not isinstance(other, dict) else {name: other[name] for name in NEW if name in other}
        return {**inputs, "looks_at": {**missing, **inputs["looks_at"]}} if missing else inputs
    given = {name: inputs[name] for name in (*ALWAYS, *GATE) if name in inputs}
    rest = {name: value for name, value in inputs.items() if name not in (*given, MARK)}
    looks_at: dict[str, Any] = {
        **{name: as_keys(given.get(name) or ()) for name in ("pools", "entities", "volume_types")},
        "secrets": _by_host(given.get("secrets") or ()),
        **{name: given[name] for name in GATE if name in given},
    }
    if isinstance(given.get("monitors"), list):
        looks_at["monitors"] = as_keys(given["monitors"])
    if not any(name in given for name in GATE) and isinstance(other, dict):
        looks_at |= {name: other[name] for name in GATE if name in other}
    if isinstance(other, dict):
        looks_at |= {name: other[name] for name in NEW if name in other}
    return {**rest, "looks_at": looks_at}


def _by_host(places: Any) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = {}
    for place in places:
        if isinstance(place, dict):
            found.setdefault(str(place.get("host")), {})[str(place.get("uuid"))] = True
    return found
