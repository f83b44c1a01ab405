"""The golden graphs: a file per variant and a line per resource, so that a diff names the change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components.stack.declare import declare
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from tests.golden.recorder import recorded

FOLDER = Path(__file__).parent / "graphs"
STACK = "golden"


def declared(raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return URN -> registration of the stack with these plain settings."""
    settings = parse(raw)
    assert isinstance(settings, StackSettings), settings
    return recorded(lambda: declare(wire(settings, STACK)), STACK)


def read(name: str) -> dict[str, dict[str, Any]]:
    """Return the golden graph of a variant."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def written(name: str, raw: dict[str, Any]) -> Path | None:
    """Write the graph of a variant that has no golden graph yet, and return its path; None for any other variant."""
    path = FOLDER / f"{name}.json"
    if path.exists():
        return None
    rows = [f"{json.dumps(urn)}: {json.dumps(row, sort_keys=True)}" for urn, row in declared(raw).items()]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n")
    return path
