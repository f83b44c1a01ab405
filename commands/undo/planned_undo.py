"""One journal entry, with the steps that undo it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from providers.base import ManagedProvider
from providers.journal.entry import Entry
from providers.journal.record import EntryRecord
from providers.plan import Step, shown


@dataclass(frozen=True)
class PlannedUndo:
    """What undoing a journal entry comes to.

    Attributes:
        entry: The journal entry.
        provider: The provider that made the thing, and that deletes it.
        props: What the provider needs to know of the thing.
        steps: What is to do.
        warnings: What the operator should know of it.
        refusal: Why the entry must not be undone now. Empty: it may be undone.
        left: Why the entry is left alone while the others are undone: its cloud is gone, or another cloud has its name.
    """

    entry: Entry[EntryRecord]
    provider: ManagedProvider
    props: dict[str, Any]
    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refusal: str = ""
    left: str = ""

    def lines(self) -> list[str]:
        """Return the listing: the thing, who made it, and each step that is more than keeping the journal."""
        entry = self.entry
        made = "taken over" if entry.adopted else "made" if entry.finished else "begun"
        head = f"  {entry.kind} {entry.what.replace('#', ' of ')}: {made} by {entry.by} at {entry.at}"
        notes = [f"    warning: {warning}" for warning in self.warnings]
        if self.refusal:
            notes.append(f"    refused: {self.refusal}")
        if self.left:
            notes.append(f"    left: {self.left}")
        steps = [f"    {step}" for step in shown(self.steps)]
        if not (steps or self.refusal or self.left):
            steps = ["    forget it"]
        return [head, *steps, *notes]
