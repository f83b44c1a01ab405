"""A report as plain text, for a terminal or a log. The picture is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from commands.report.block import Block, rows_of, text_of
from commands.report.heading import heading
from commands.report.report import Report
from commands.report.table import Table
from commands.report.value import Phrase, Value
from commands.table import table as aligned
from providers.redaction import redacted_line


def as_text(report: Report, most: int) -> str:
    """Return the report in at most this many characters."""
    first = [_plain(heading(report.preview)), *([" ".join(report.lead)] if report.lead else []), ""]
    return text_of(first, list(_blocks(report)), most, _left_out)


def _left_out(left: Mapping[str, int]) -> str:
    return f"Not all is shown. Left out: {rows_of(left)}."


def _blocks(report: Report) -> Iterator[Block]:
    preview = report.preview
    yield from _list("WHY", "reasons", preview.errors, rank=0)
    yield from map(_block, report.tables)
    if not preview.errors:
        yield from _list("WARNINGS", "warnings", preview.warnings, rank=4)
        yield from _list("NOTES", "notes", preview.notices, rank=21)


def _block(table: Table) -> Block:
    section, (titles, rows) = table.section, table.filled
    head, *lines = aligned([title.upper() for title in titles], [[_plain(cell) for cell in row] for row in rows])
    start = [*([section.note] if section.note else []), *([_plain(table.about)] if table.about else []), head]
    return Block(section.rank, section.rows, section.title.upper(), tuple(start), tuple(lines), ("",))


def _list(title: str, what: str, texts: Sequence[str], rank: int) -> Iterator[Block]:
    lines = tuple(f"- {redacted_line(line)}" for text in texts for line in text.splitlines() if line.strip())
    if lines:
        yield Block(rank, what, title, (), lines, ("",))


def _plain(phrase: Phrase) -> str:
    return "".join(part.text if isinstance(part, Value) else part for part in phrase)
