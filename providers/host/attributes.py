"""Owner, group and mode of a file or directory: what is there, what we set, and what to put back."""

from __future__ import annotations

from typing import Any

from providers.reach.answers.file_state import FileState

ATTRIBUTES = ("owner", "group", "mode")


def attributes(state: FileState) -> dict[str, str]:
    """Return owner, group and mode."""
    return {name: getattr(state, name) for name in ATTRIBUTES}


def to_put_back(before: dict[str, str], found: dict[str, str], ours: dict[str, list[Any]]) -> dict[str, str]:
    """Return the attributes that still are as we set them, with their earlier values; what somebody set since stays.

    Each attribute is judged alone, because a run that was cut off may have put back the owner and not yet the mode.
    """
    return {name: was for name, was in before.items() if found[name] != was and found[name] in ours.get(name, [])}
