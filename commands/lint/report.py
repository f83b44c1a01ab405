"""What lint prints: a table for a person, JSON for a program, and the exit status."""

from __future__ import annotations

import json

from commands import exit_status as statuses
from commands.lint.linted import Linted
from commands.places import places
from commands.table import table

HEAD = ("WHERE", "PLACE", "WHAT IS WRONG, AND WHAT TO DO")
JSON_VERSION = 1
VERDICTS = {
    statuses.WELL: "verdict: nothing that is dead or does harm",
    statuses.FOUND: "verdict: there is something that is dead or does harm",
    statuses.INCOMPLETE: "no verdict, because not everything could be looked at",
}


def as_text(found: Linted, width: int | None = None) -> str:
    """Return a row for each flaw, equal ones of several hosts in one, then a line for each host, then the verdict.

    Args:
        found: What lint found.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for flaw in found.flaws:
        alike.setdefault((flaw.place, flaw.what), []).append(flaw.where)
    rows = _unseen(found) + [(places(hosts), *same) for same, hosts in alike.items()]
    lines = [*table(HEAD, rows, width=width), ""] if rows else []
    return "\n".join([*lines, *_hosts(found), VERDICTS[exit_status(found)]])


def _unseen(found: Linted) -> list[tuple[str, str, str]]:
    """Return a row for each host and reason, which says what of the host could not be looked at."""
    alike: dict[tuple[str, str], list[str]] = {}
    for where, what, why in found.unseen:
        alike.setdefault((where, why), []).append(what)
    return [(where, ", ".join(whats), f"could not look: {why}") for (where, why), whats in alike.items()]


def _hosts(found: Linted) -> list[str]:
    """Return what is right per host: hosts of which the same is to be said share a line."""
    seen = [where for where, _ in found.looked_at]
    alike: dict[str, list[str]] = {}
    for host in dict.fromkeys([*seen, *(where for where, _, _ in found.unseen)]):
        flaws = sum(flaw.where == host for flaw in found.flaws)
        unseen = sum(where == host for where, _, _ in found.unseen)
        more = f", and {_count(unseen, 'place')} could not be looked at" if unseen else ""
        alike.setdefault(f"{_count(flaws, 'finding')} in {_count(seen.count(host), 'place')}{more}", []).append(host)
    return [f"{places(hosts)}: {text}" for text, hosts in alike.items()]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_json(found: Linted, stack: str) -> str:
    """Return a summary, every flaw and every place that could not be looked at as JSON, none of them folded."""
    summary = {
        "looked_at": len(found.looked_at),
        "flaws": len(found.flaws),
        "unseen": len(found.unseen),
        "status": exit_status(found),
    }
    document = {
        "version": JSON_VERSION,
        "stack": stack,
        "summary": summary,
        "flaws": [{"where": flaw.where, "place": flaw.place, "what": flaw.what} for flaw in found.flaws],
        "unseen": [{"where": where, "place": what, "why": why} for where, what, why in found.unseen],
    }
    return json.dumps(document, indent=2)


def exit_status(found: Linted) -> int:
    """Return the exit status."""
    return statuses.exit_status(found=len(found.flaws), unseen=len(found.unseen), seen=len(found.looked_at))
