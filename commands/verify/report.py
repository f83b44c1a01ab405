"""What verify prints: a table for a person, JSON for a program, and the exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from commands import exit_status as statuses
from commands.places import places
from commands.table import table
from commands.verify.link import Link
from components.services.finding import FindingState

HEAD = ("LINK", "WHERE", "RESULT", "WHAT WAS SEEN, OR WHAT TO DO")
JSON_VERSION = 1
VERDICTS = {
    statuses.WELL: "verdict: every link is whole",
    statuses.FOUND: "verdict: a link is broken",
    statuses.INCOMPLETE: "no verdict, because not everything could be looked at",
}


def as_table(links: Sequence[Link], width: int | None = None) -> str:
    """Return the table of the links, with the count of each result and the verdict below it.

    Args:
        links: The links, in the order of the rows.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    rows = [
        (f"{link.kind} {link.name}".strip(), link.where, link.state.value, link.finding.text) for link in _folded(links)
    ]
    return "\n".join([*table(HEAD, rows, width=width), "", _total(links), VERDICTS[exit_status(links)]])


def _folded(links: Sequence[Link]) -> list[Link]:
    """Return the links in fewer rows: links that differ only in where they are share a row, unless they are broken."""
    rows: dict[tuple[str, ...], list[Link]] = {}
    for number, link in enumerate(links):
        alone = str(number) if link.state is FindingState.BROKEN else ""
        rows.setdefault((link.kind, link.name, link.state, link.finding.text, alone), []).append(link)
    return [replace(alike[0], where=places([link.where for link in alike])) for alike in rows.values()]


def _total(links: Sequence[Link]) -> str:
    counts = [f"{count} {state.value}" for state, count in _counts(links).items()]
    return f"{len(links)} links: {', '.join(counts)}"


def _counts(links: Sequence[Link]) -> dict[FindingState, int]:
    return {state: sum(link.state is state for link in links) for state in FindingState}


def as_json(links: Sequence[Link], stack: str) -> str:
    """Return a summary and every link as JSON, none of them folded."""
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
    counts = {state.name.lower(): count for state, count in _counts(links).items()}
    summary = {"links": len(links), **counts, "status": exit_status(links)}
    return json.dumps({"version": JSON_VERSION, "stack": stack, "summary": summary, "links": rows}, indent=2)


def exit_status(links: Sequence[Link]) -> int:
    """Return the exit status; a link that was skipped counts for nothing in it."""
    counts = _counts(links)
    seen = counts[FindingState.OK] + counts[FindingState.WARNING] + counts[FindingState.BROKEN]
    return statuses.exit_status(found=counts[FindingState.BROKEN], unseen=counts[FindingState.UNSEEN], seen=seen)
