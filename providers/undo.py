"""Undo: what a deletion does."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.plan import Step


@dataclass(frozen=True)
class Undo:
    """What a deletion does, and what it leaves alone with a warning."""

    steps: list[Step]
    warnings: list[str] = field(default_factory=list)


def leave_foreign(where: str, what: str, there: bool) -> Undo:
    """Return the deletion of a thing that no journal entry calls ours: no steps, and a warning if it is there."""
    return Undo([], [f"{where}: {what} is left: no journal entry says we made it"] if there else [])
