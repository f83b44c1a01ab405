"""Table: rows of one section of a report that stand together."""

from __future__ import annotations

from dataclasses import dataclass

from commands.report.section import Section
from commands.report.value import Phrase


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        section: The section that it stands in.
        about: What all of its rows are about, such as a file and its hosts; empty if that stands in the rows.
        rows: The cells of each row.
    """

    section: Section
    about: Phrase
    rows: tuple[tuple[Phrase, ...], ...]

    @property
    def head(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return ("where", *self.section.head) if self.section.hosts and not self.about else self.section.head

    @property
    def filled(self) -> tuple[tuple[str, ...], tuple[tuple[Phrase, ...], ...]]:
        """The titles and rows without columns in which no row says anything."""
        kept = [number for number in range(len(self.head)) if any(any(row[number]) for row in self.rows)]
        return tuple(self.head[number] for number in kept), tuple(tuple(row[n] for n in kept) for row in self.rows)
