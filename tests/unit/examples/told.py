"""What a case file tells of a site, turned into what a kind observes.

A case tells only what its situation is about. What it leaves out is filled in here and in each kind's `observed`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from providers.kind import Kind

Told = Mapping[str, Any]
T = TypeVar("T")


def observed_as(model: type[T], told: Told, **filled_in: Any) -> T:
    """Return the observed model: what is told, and `filled_in` for what is not."""
    return TypeAdapter(model).validate_python({"where": "host1", **filled_in, **told})


def entry_as(kind: type[Kind[Any, Any]], told: Told) -> Any:
    """Return the journal's entry that is told under `entry`, None when none is."""
    entry = told.get("entry")
    if entry is None:
        return None
    return kind.entry_form.model_validate({"kind": kind.entry_kind, "what": "a thing", **entry})


def file_as(text: str | None, told: Told) -> dict[str, Any] | None:
    """Return the file with this text, None for no file; `file` tells other attributes than root's own, mode 0644."""
    if text is None and "file" not in told:
        return None
    digest = hashlib.sha256((text or "").encode()).hexdigest()
    plain = {"kind": "file", "owner": "root", "group": "root", "mode": "0644", "digest": digest, "ctime_ns": 1}
    return {**plain, "content": text, **told.get("file", {})}


def without(told: Told, *names: str) -> dict[str, Any]:
    """Return what is told besides these."""
    return {name: value for name, value in told.items() if name not in names}
