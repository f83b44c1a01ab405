"""Figures: what a trace says of one run. Pure; the trace is `providers/reach/trace.py`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

Call = dict[str, Any]
OWN = ("connect", "hello", "end_agent")
CHANGES = ("apply", "restart_unit")
OPENS = {
    "mon_read": "librados",
    "libvirt_secrets": "libvirt",
    "libvirt_local_disks": "libvirt",
    "libvirt_users": "libvirt",
    "unit_state": "the system bus",
}
"""What a read opens when it is the first on its host to ask for it."""


@dataclass(frozen=True)
class HostFigures:
    """One host in one run; `remote_s` is the time inside its agent, summed over calls that ran side by side."""

    host: str
    connections: int
    calls: int
    remote_s: float


@dataclass(frozen=True)
class Reads:
    """One kind of read on all hosts. `opening_ms` are the first calls of each host, which open a library."""

    operation: str
    opening_ms: list[float]
    later_ms: list[float]


def asked(calls: Iterable[Call]) -> list[Call]:
    """Return the calls that resources made: without connecting and greeting."""
    return [call for call in calls if call["event"] not in OWN]


def by_host(calls: Sequence[Call], hosts: Sequence[str]) -> list[HostFigures]:
    connections = Counter(call["host"] for call in calls if call["event"] == "connect")
    rows = []
    for host in hosts:
        here = [call for call in asked(calls) if call["host"] == host]
        rows.append(HostFigures(host, connections[host], len(here), sum(call["seconds"] or 0 for call in here)))
    return rows


def reads(calls: Sequence[Call]) -> list[Reads]:
    """Return the reads by operation, each host's first one apart where it opens a library."""
    found: dict[str, Reads] = {}
    seen: set[tuple[str, str]] = set()
    # A trace line is written when the answer is there; the call that opened the library was sent first.
    for call in sorted(asked(calls), key=lambda call: call["time"] - (call["seconds"] or 0)):
        operation = call["event"]
        if operation in CHANGES or call["seconds"] is None:
            continue
        rows = found.setdefault(operation, Reads(operation, [], []))
        place = (OPENS.get(operation, ""), call["host"])
        first = operation in OPENS and place not in seen
        seen.add(place)
        (rows.opening_ms if first else rows.later_ms).append(call["seconds"] * 1000)
    return [found[name] for name in sorted(found)]


def merged(many: Iterable[list[Reads]]) -> list[Reads]:
    found: dict[str, Reads] = {}
    for row in (row for rows in many for row in rows):
        total = found.setdefault(row.operation, Reads(row.operation, [], []))
        total.opening_ms.extend(row.opening_ms)
        total.later_ms.extend(row.later_ms)
    return [found[name] for name in sorted(found)]


def all_later(rows: Iterable[Reads]) -> list[float]:
    return [value for row in rows for value in row.later_ms]


def summary(values: Sequence[float]) -> str:
    """Return `count, median, mean, worst` in words; milliseconds."""
    if not values:
        return "none"
    return (
        f"{len(values)} reads, median {median(values):.2f} ms, mean {mean(values):.2f} ms, worst {max(values):.1f} ms"
    )
