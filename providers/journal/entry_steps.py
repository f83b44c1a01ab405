"""The steps of a plan that write and remove an entry of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry, R
from providers.journal.host_journal import HostJournal
from providers.plan import Step
from providers.reach.steps import HostStep, JournalStep

Journal = HostJournal | ClusterJournal


@dataclass(frozen=True)
class WriteEntry(JournalStep):
    """Write an entry of the journal."""

    journal: Journal
    entry: Entry[Any]

    @override
    def steps(self) -> list[HostStep]:
        return self.journal.writing(self.entry)

    def __str__(self) -> str:
        return "journal: written"


@dataclass(frozen=True)
class RemoveEntry(JournalStep):
    """Remove an entry of the journal; an entry that is gone already counts as removed."""

    journal: Journal
    kind: str
    what: str

    @override
    def steps(self) -> list[HostStep]:
        return self.journal.removing(self.kind, self.what)

    def __str__(self) -> str:
        return "journal: removed"


def journalled(
    journal: Journal,
    entry: Entry[R],
    present: Entry[R] | None,
    steps: list[Step],
    finished: Entry[R] | None = None,
) -> list[Step]:
    """Return the steps between two writes of the journal's entry: unfinished before the steps, finished after them.

    Args:
        journal: The journal that has the entry.
        entry: The entry as it is written before the steps.
        present: The entry that the journal has now; None when it has none.
        steps: The steps that change the thing.
        finished: The entry as it is written after the steps. Default: `entry`.

    Returns:
        The steps; none when there are no steps to do and the journal says already what `finished` says.
    """
    done = (finished or entry).model_copy(update={"finished": True})
    if not steps and done.same(present):
        return []
    intent = entry.model_copy(update={"finished": False})
    return [WriteEntry(journal, intent), *steps, WriteEntry(journal, done)]
