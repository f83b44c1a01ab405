"""The table of links: plain text that a person can read, and the same as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from commands.verify.link import Link, State

HEAD = ("LINK", "WHERE", "RESULT", "WHAT WAS SEEN, OR WHAT TO DO")
NAMED = 2
NARROWEST = 40


def table(links: Sequence[Link], width: int | None = None) -> str:
    """Return the rows, what is alike on several hosts in one; the last column is wrapped at `width`, None: never."""
    rows = [
        HEAD,
        *((f"{one.kind} {one.name}".strip(), one.where, one.state.value, one.seen.text) for one in folded(links)),
    ]
    sizes = [max(len(row[column]) for row in rows) for column in range(3)]
    margin = sum(sizes) + 6
    lines = []
    for *first, text in rows:
        start = "  ".join(word.ljust(size) for word, size in zip(first, sizes, strict=True)) + "  "
        wide = max(width - margin, NARROWEST) if width else len(text) + 1
        wrapped = textwrap.wrap(text, wide, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{start if not number else ' ' * margin}{part}".rstrip() for number, part in enumerate(wrapped)]
    return "\n".join([*lines, "", total(links)])


def folded(links: Sequence[Link]) -> list[Link]:
    """Return the links with those in one row that differ in nothing but where they are, unless they are broken."""
    rows: dict[tuple[str, ...], list[Link]] = {}
    for number, one in enumerate(links):
        alone = str(number) if one.state is State.BROKEN else ""
        rows.setdefault((one.kind, one.name, one.state, one.seen.text, alone), []).append(one)
    return [replace(same[0], where=_places([one.where for one in same])) for same in rows.values()]


def _places(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def total(links: Sequence[Link]) -> str:
    counted = [f"{sum(one.state is state for one in links)} {state.value}" for state in State]
    return f"{len(links)} links: {', '.join(counted)}"


def as_json(links: Sequence[Link]) -> str:
    rows = [
        {
            "kind": one.kind,
            "name": one.name,
            "where": one.where,
            "result": one.state.name.lower(),
            "seen": one.seen.text,
        }
        for one in links
    ]
    return json.dumps(rows, indent=2)


def status(links: Sequence[Link]) -> int:
    """Return the exit status: 1 for a broken link, or when nothing at all could be looked at."""
    return int(any(one.state is State.BROKEN for one in links) or all(one.state is State.UNSEEN for one in links))
