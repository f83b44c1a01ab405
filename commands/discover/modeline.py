"""The line by which an editor finds the JSON Schema of a settings file (docs/editor.md)."""

from __future__ import annotations

import os
from pathlib import Path

MODELINE = "# yaml-language-server: $schema="
_SCHEMA = Path(__file__).resolve().parents[2] / "schema" / "stack.json"


def modeline(folder: Path) -> str:
    """Return the line for a file in `folder`.

    The path in it is relative, so that the line holds for everybody who has this program at the same place beside the
    settings, as in a repository that has it as a submodule.
    """
    return f"{MODELINE}{Path(os.path.relpath(_SCHEMA, folder.resolve())).as_posix()}\n"
