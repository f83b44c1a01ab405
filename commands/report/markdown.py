"""A report as Markdown, as GitHub and GitLab show it in a comment.

No value can end its table's row, mention somebody, or pass for the marker, because each value is code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from commands.report.block import Block, rows_of, text_of
from commands.report.heading import heading
from commands.report.report import Report
from commands.report.table import Table
from commands.report.value import Phrase, Value

MARKER = "<!-- ceph-openstack report: {project}/{stack} -->"
_SAFE = re.compile(r"[^A-Za-z0-9 ,.=/_-]")
_SHORTHAND = re.compile(r"[@#$~!%&][A-Za-z0-9]")
"""What GitHub or GitLab take for a person, an issue, a formula, a label or the like outside of code."""


def as_markdown(report: Report, most: int) -> str:
    """Return the report in at most this many characters, the marker in its first line."""
    preview = report.preview
    first = [MARKER.format(project=preview.project, stack=preview.stack), ""] if preview.stack else []
    first += [f"### {_phrase(heading(preview))}", ""]
    if report.lead:
        first += [f"**{report.lead[0]}** {' '.join(report.lead[1:])}".rstrip(), ""]
    return text_of(first, list(_blocks(report)), most, _left_out)


def _left_out(left: Mapping[str, int]) -> str:
    return f"> **Not all is shown**, because a comment has a limit. Left out: {rows_of(left)}."


def _blocks(report: Report) -> Iterator[Block]:
    preview = report.preview
    yield from _list("Why", "reasons", preview.errors, rank=0)
    for table in report.tables:
        yield _closed(table) if table.section.closed else _open(table)
    if report.picture:
        drawn = "\n".join(["```mermaid", *report.picture, "```", ""])
        title = "Who uses which pool as whom: thick is new, dashed goes away"
        yield Block(20, "picture", f"#### {title}\n", (), (drawn,))
    if not preview.errors:
        yield from _list("Warnings", "warnings", preview.warnings, rank=4)
        yield from _list("Notes", "notes", preview.notices, rank=21)


def _open(table: Table) -> Block:
    section, (head, rows) = table.section, table.filled
    start = [*([f"{section.note}\n"] if section.note else []), *([f"{_phrase(table.about)}\n"] if table.about else [])]
    lines = tuple(_line(map(_cell, row)) for row in rows)
    return Block(section.rank, section.rows, f"#### {section.title}\n", (*start, *_head(head)), lines, ("",))


def _closed(table: Table) -> Block:
    section, (head, rows) = table.section, table.filled
    count = f"{len(rows)} {section.rows if len(rows) > 1 else section.rows.removesuffix('s')}"
    start = (f"<details><summary>{_html(table.about)}: {count}</summary>", "", *_head(head))
    lines = tuple(_line(map(_cell, row)) for row in rows)
    return Block(section.rank, section.rows, f"#### {section.title}\n", start, lines, ("", "</details>", ""))


def _list(title: str, what: str, texts: Sequence[str], rank: int) -> Iterator[Block]:
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    if lines:
        yield Block(rank, what, f"#### {title}\n", (), tuple(f"- {prose(line)}" for line in lines), ("",))


def _head(titles: Sequence[str]) -> tuple[str, str]:
    return _line(titles), _line("---" for _ in titles)


def _line(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(phrase: Phrase) -> str:
    return "".join(code(part.text) if isinstance(part, Value) else part for part in phrase)


def _phrase(phrase: Phrase) -> str:
    return "".join(code(part.text, in_table=False) if isinstance(part, Value) else part for part in phrase)


def _html(phrase: Phrase) -> str:
    return "".join(_numbered(part.text) if isinstance(part, Value) else part for part in phrase)


def code(text: str, *, in_table: bool = True) -> str:
    """Return a text of one line as code, in a table or elsewhere."""
    if not text:
        return "(empty)"
    if in_table and "\\|" in text:  # no backslashes in a table say "a backslash, and then a bar that ends no cell"
        return _numbered(text)
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text[0] in " `" or text[-1] in " `" else ""
    made = f"{fence}{pad}{text}{pad}{fence}"
    return made.replace("|", "\\|") if in_table else made


def _numbered(text: str) -> str:
    """Return a text as HTML code in which what Markdown or HTML could take for markup is a number."""
    return f"<code>{_SAFE.sub(lambda match: f'&#{ord(match[0])};', text)}</code>"


def prose(line: str) -> str:
    """Return a line of somebody's own words: what is between backticks is code, and nothing else is markup."""
    parts = re.split(r"`([^`]+)`", Value.of(line).text)
    return "".join(code(part, in_table=False) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    words = [code(word, in_table=False) if _SHORTHAND.search(word) else _escaped(word) for word in text.split(" ")]
    return " ".join(words if text else [])


def _escaped(word: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", word)
