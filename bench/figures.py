"""Figures of one run, computed from the trace that `providers/reach/trace.py` writes."""

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
    "libvirt_guests": "libvirt",
    "libvirt_local_disks": "libvirt",
    "libvirt_rbd_disks": "libvirt",
    "libvirt_users": "libvirt",
    "unit_state": "the system bus",
}
"""Read -> library that the first such read on a host opens."""


@dataclass(frozen=True)
class HostFigures:
    """One host in one run.

    Attributes:
        host: The host's name.
        connections: How many connections were opened.
        calls: How many calls resources made.
        remote_s: Seconds inside the host's agent, summed over calls that ran side by side.
    """

    host: str
    connections: int
    calls: int
    remote_s: float


@dataclass(frozen=True)
class ReadFigures:
    """One kind of read on all hosts, with milliseconds inside the agents.

    Attributes:
        operation: The agent's operation.
        opening_ms: The first call of each host, if that call opens a library.
        later_ms: All other calls.
    """

    operation: str
    opening_ms: list[float]
    later_ms: list[float]


def asked(calls: Iterable[Call]) -> list[Call]:
    """Return the calls that resources made, without those that connect, greet and end an agent."""
    return [call for call in calls if call["event"] not in OWN]


def by_host(calls: Sequence[Call], hosts: Sequence[str]) -> list[HostFigures]:
    """Return the figures of each host in the order of `hosts`, zeros for a host without calls."""
    connections = Counter(call["host"] for call in calls if call["event"] == "connect")
    rows = []
    for host in hosts:
        here = [call for call in asked(calls) if call["host"] == host]
        rows.append(HostFigures(host, connections[host], len(here), sum(call["seconds"] or 0 for call in here)))
    return rows


def reads(calls: Sequence[Call]) -> list[ReadFigures]:
    """Return the reads, one row per operation in alphabetical order; unanswered calls are left out."""
    found: dict[str, ReadFigures] = {}
    seen: set[tuple[str, str]] = set()
    # Sort by the time of sending, because a trace line bears the time of the answer, and the call that opens a
    # library is the one that was sent first.
    for call in sorted(asked(calls), key=lambda call: call["time"] - (call["seconds"] or 0)):
        operation = call["event"]
        if operation in CHANGES or call["seconds"] is None:
            continue
        rows = found.setdefault(operation, ReadFigures(operation, [], []))
        library = (OPENS.get(operation, ""), call["host"])
        first = operation in OPENS and library not in seen
        seen.add(library)
        (rows.opening_ms if first else rows.later_ms).append(call["seconds"] * 1000)
    return [found[name] for name in sorted(found)]


def merged(many: Iterable[list[ReadFigures]]) -> list[ReadFigures]:
    """Return the rows of several runs as one row per operation."""
    found: dict[str, ReadFigures] = {}
    for row in (row for rows in many for row in rows):
        total = found.setdefault(row.operation, ReadFigures(row.operation, [], []))
        total.opening_ms.extend(row.opening_ms)
        total.later_ms.extend(row.later_ms)
    return [found[name] for name in sorted(found)]


def all_later(rows: Iterable[ReadFigures]) -> list[float]:
    """Return the milliseconds of all calls that opened no library."""
    return [value for row in rows for value in row.later_ms]


def summary(values: Sequence[float]) -> str:
    """Return count, median, mean and worst of milliseconds in words."""
    if not values:
        return "none"
    return (
        f"{len(values)} reads, median {median(values):.2f} ms, mean {mean(values):.2f} ms, worst {max(values):.1f} ms"
    )
