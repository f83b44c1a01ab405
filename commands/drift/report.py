"""What drift prints: tables for a person, JSON for a program, and the exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from commands import exit_status as statuses
from commands.looked_at import LookedAt, LookedAtState
from commands.places import places
from commands.table import table

HEAD = ("WHERE", "RESOURCE", "RESULT", "WHAT DIFFERS, OR WHY NOBODY KNOWS")
COLUMNS = {
    LookedAtState.RIGHT: "RIGHT",
    LookedAtState.DIFFERS: "DIFFER",
    LookedAtState.DEFERRED: "DEFERRED",
    LookedAtState.UNMADE: "NOT MADE YET",
    LookedAtState.UNSEEN: "COULD NOT LOOK",
}
JSON_VERSION = 1
STEPS_SHOWN = 2
VERDICTS = {
    statuses.WELL: "verdict: everything is as the settings want it",
    statuses.FOUND: "verdict: something differs; `pulumi preview --refresh --diff` shows what `pulumi up` would do",
    statuses.INCOMPLETE: "no verdict, because not everything could be looked at",
}
ONLY_DEFERRED = (
    "verdict: all files are as the settings want them, and processes go on without having read them, because their "
    "restarts are deferred"
)
Counts = dict[LookedAtState, int]


def as_text(found: Sequence[LookedAt], width: int | None = None) -> str:
    """Return a row for each difference, then the counts of each host, then the verdict.

    Args:
        found: The resources, in the order of the graph.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    rows = _folded(list(_unseen(found)) + [row for looked_at in found for row in _rows(looked_at)])
    lines = [*table(HEAD, rows, width=width), ""] if rows else []
    head = ("WHERE", *(COLUMNS[state] for state in LookedAtState if _has_column(state, found)))
    lines += [*table(head, _count_rows(found), width=width), ""]
    counts = [f"{count} {state.value}" for state, count in _counts(found).items() if _has_column(state, found)]
    return "\n".join([*lines, f"{len(found)} resources: {', '.join(counts)}", _verdict(found)])


def _has_column(state: LookedAtState, found: Sequence[LookedAt]) -> bool:
    """Return whether a state is counted: a deferred restart only in a stack that has one."""
    return state is not LookedAtState.DEFERRED or any(looked_at.state is state for looked_at in found)


def _verdict(found: Sequence[LookedAt]) -> str:
    states = {looked_at.state for looked_at in found}
    if LookedAtState.DEFERRED in states and states <= {LookedAtState.DEFERRED, LookedAtState.RIGHT}:
        return ONLY_DEFERRED
    return VERDICTS[exit_status(found)]


Row = tuple[str, str, str, str]


def _unseen(found: Sequence[LookedAt]) -> Iterator[Row]:
    """Yield a row for each place and reason, with the number of the resources when there are several."""
    alike: dict[tuple[str, str], list[str]] = {}
    for looked_at in found:
        if looked_at.unseen:
            why = "; ".join(filter(None, [looked_at.refusal, looked_at.unseen]))
            alike.setdefault((looked_at.where, why), []).append(looked_at.what)
    for (where, why), names in alike.items():
        what = names[0] if len(names) == 1 else f"{len(names)} resources"
        yield where, what, LookedAtState.UNSEEN.value, why


def _rows(looked_at: LookedAt) -> Iterator[Row]:
    start = (looked_at.where, looked_at.what, looked_at.state.value)
    if looked_at.state is LookedAtState.UNMADE:
        yield *start, f"not made by this stack yet: {_unmade(looked_at)}"
    elif looked_at.state is LookedAtState.DEFERRED:
        yield *start, f"goes on with what it has read before; a maintenance run does: {'; '.join(looked_at.deferred)}"
    elif looked_at.state is LookedAtState.DIFFERS:
        yield from ((*start, str(difference)) for difference in looked_at.differences)
        if looked_at.refusal:
            yield *start, _own_words(looked_at, looked_at.refusal)
        elif not looked_at.differences:
            yield *start, _would(looked_at)


def _unmade(looked_at: LookedAt) -> str:
    if looked_at.refusal:
        return _own_words(looked_at, looked_at.refusal)
    if looked_at.adopts:
        return f"it is there, and the next `pulumi up` takes it over as it is{_later(looked_at)}"
    return _would(looked_at)


def _later(looked_at: LookedAt) -> str:
    names = [difference.name for difference in looked_at.differences]
    more = f" and {len(names) - STEPS_SHOWN} more" if len(names) > STEPS_SHOWN else ""
    return f"; {', '.join(names[:STEPS_SHOWN])}{more} other than wanted" if names else ""


def _would(looked_at: LookedAt) -> str:
    more = len(looked_at.steps) - STEPS_SHOWN
    steps = "; ".join(looked_at.steps[:STEPS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return f"`pulumi up` would do: {steps}" if steps else "`pulumi up` would write its journal, and nothing else"


def _own_words(looked_at: LookedAt, text: str) -> str:
    """Return a refusal without the host that it begins with, so that equal ones of several hosts are one row."""
    start, colon, rest = text.partition(": ")
    return rest if colon and start.split(" ")[0] == looked_at.where else text


def _folded(rows: Sequence[Row]) -> list[Row]:
    """Return rows that differ only in where they are as one row."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for where, *same in rows:
        alike.setdefault((same[0], same[1], same[2]), []).append(where)
    return [(places(wheres), *same) for same, wheres in alike.items()]


def _count_rows(found: Sequence[LookedAt]) -> list[tuple[object, ...]]:
    """Return the counts of each place; places with the same counts are one row."""
    alike: dict[tuple[int, ...], list[str]] = {}
    for where, counts in _by_place(found).items():
        shown = tuple(count for state, count in counts.items() if _has_column(state, found))
        alike.setdefault(shown, []).append(where)
    return [(places(wheres), *counts) for counts, wheres in alike.items()]


def _by_place(found: Sequence[LookedAt]) -> dict[str, Counts]:
    there: dict[str, list[LookedAt]] = {}
    for looked_at in found:
        there.setdefault(looked_at.where, []).append(looked_at)
    return {where: _counts(resources) for where, resources in there.items()}


def _counts(found: Sequence[LookedAt]) -> Counts:
    return {state: sum(looked_at.state is state for looked_at in found) for state in LookedAtState}


def as_json(found: Sequence[LookedAt], stack: str) -> str:
    """Return a summary, the counts of each place, and every resource as JSON, none of them folded."""
    summary = {"resources": len(found), **_named(_counts(found)), "status": exit_status(found)}
    document = {
        "version": JSON_VERSION,
        "stack": stack,
        "summary": summary,
        "places": {where: _named(counts) for where, counts in _by_place(found).items()},
        "resources": [_as_plain(looked_at) for looked_at in found],
    }
    return json.dumps(document, indent=2)


def _named(counts: Counts) -> dict[str, int]:
    return {state.name.lower(): count for state, count in counts.items()}


def _as_plain(looked_at: LookedAt) -> dict[str, Any]:
    differences = [(difference.name, *difference.shown) for difference in looked_at.differences]
    return {
        "name": looked_at.name,
        "where": looked_at.where,
        "what": looked_at.what,
        "result": looked_at.state.name.lower(),
        "differences": [{"field": name, "wanted": wanted, "found": there} for name, wanted, there in differences],
        "steps": list(looked_at.steps),
        "deferred": list(looked_at.deferred),
        "refusal": looked_at.refusal,
        "unseen": looked_at.unseen,
    }


def exit_status(found: Sequence[LookedAt]) -> int:
    """Return the exit status."""
    counts = _counts(found)
    unseen, right = counts[LookedAtState.UNSEEN], counts[LookedAtState.RIGHT]
    return statuses.exit_status(found=len(found) - unseen - right, unseen=unseen, seen=len(found) - unseen)
