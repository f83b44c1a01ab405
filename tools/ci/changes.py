"""What a preview would change, and the name of exactly these changes.

Two previews with the same changes have the same name, whoever made them, on whichever commit and machine. Therefore a
name that a reviewer has seen can be looked for in what main's own preview says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def changes(preview: Mapping[str, Any]) -> list[list[Any]]:
    """Return resource, operation, former and new inputs of each step of `pulumi preview --json` that is a change."""
    rows = [
        [step["urn"], step["op"], _inputs(step.get("oldState")), _inputs(step.get("newState"))]
        for step in preview.get("steps") or []
        if step["op"] != "same"
    ]
    return sorted(rows, key=json.dumps)


def changes_id(preview: Mapping[str, Any]) -> str:
    """Return the name of the changes: a SHA-256 in hexadecimal."""
    text = json.dumps(changes(preview), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _inputs(state: Mapping[str, Any] | None) -> Any:
    return (state or {}).get("inputs")
