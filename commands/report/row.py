"""Row: one row of a report's table, and rows that are alike on many hosts as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commands.report.change import natural
from commands.report.section import Section
from commands.report.value import Phrase, hosts_phrase


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes:
        section: Where it stands.
        cells: Its cells, without the hosts.
        host: The host that it speaks of.
        place: Where it is instead of on a host, such as `the cluster`.
        group: What the rows of a table of their own have in common, such as their file; empty for the section's table.
    """

    section: Section
    cells: tuple[Phrase, ...]
    host: str = ""
    group: Phrase = ()
    place: str = ""


def folded(rows: Iterable[Row]) -> dict[tuple[Section, Phrase], list[tuple[Phrase, ...]]]:
    """Return the rows of each table with the hosts in front, where rows of many hosts that are alike are one.

    The hosts of a table of its own are a part of what its rows have in common.
    """
    alike: dict[Row, list[str]] = {}
    for row in rows:
        alike.setdefault(Row(row.section, row.cells, group=row.group, place=row.place), []).append(row.host)
    tables: dict[tuple[Section, Phrase], list[tuple[Phrase, ...]]] = {}
    for row, hosts in alike.items():
        named = hosts_phrase(sorted({host for host in hosts if host}, key=natural)) or (
            (row.place,) if row.place else ()
        )
        if row.group:
            group = (*row.group, " on ", *named)
            tables.setdefault((row.section, group), []).append(row.cells)
        else:
            cells = (named, *row.cells) if row.section.hosts else row.cells
            tables.setdefault((row.section, ()), []).append(cells)
    return tables
