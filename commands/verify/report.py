"""What verify prints: a table for a person, JSON for a program, and the exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from commands.table import table
from commands.verify.link import Link
from components.services.finding import FindingState

HEAD = ("LINK", "WHERE", "RESULT", "WHAT WAS SEEN, OR WHAT TO DO")
NAMED_PLACES = 2
"""How many hosts a row names; of more it gives the number."""


def as_table(links: Sequence[Link], width: int | None = None) -> str:
    """Return the table of the links, with the count of each result below it.

    Args:
        links: The links, in the order of the rows.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    rows = [
        (f"{link.kind} {link.name}".strip(), link.where, link.state.value, link.finding.text) for link in _folded(links)
    ]
    return "\n".join([*table(HEAD, rows, width=width), "", _total(links)])


def _folded(links: Sequence[Link]) -> list[Link]:
    """Return the links in fewer rows: links that differ only in where they are share a row, unless they are broken."""
    rows: dict[tuple[str, ...], list[Link]] = {}
    for number, link in enumerate(links):
        alone = str(number) if link.state is FindingState.BROKEN else ""
        rows.setdefault((link.kind, link.name, link.state, link.finding.text, alone), []).append(link)
    return [replace(alike[0], where=_places([link.where for link in alike])) for alike in rows.values()]


def _places(names: list[str]) -> str:
    more = len(names) - NAMED_PLACES
    return ", ".join(names[:NAMED_PLACES]) + (f" and {more} more" if more > 0 else "")


def _total(links: Sequence[Link]) -> str:
    counts = [f"{sum(link.state is state for link in links)} {state.value}" for state in FindingState]
    return f"{len(links)} links: {', '.join(counts)}"


def as_json(links: Sequence[Link]) -> str:
    """Return every link as JSON, none of them folded."""
    rows = [
        {
            "kind": link.kind,
            "name": link.name,
            "where": link.where,
            "result": link.state.name.lower(),
            "seen": link.finding.text,
        }
        for link in links
    ]
    return json.dumps(rows, indent=2)


def exit_status(links: Sequence[Link]) -> int:
    """Return 1 when a link is broken or no link could be looked at, otherwise 0."""
    states = {link.state for link in links}
    return int(FindingState.BROKEN in states or states <= {FindingState.UNSEEN})
