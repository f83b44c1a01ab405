"""A picture of who uses which pool as whom, before and after, as Mermaid draws it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from commands.places import NAMED
from commands.report.change import natural
from commands.report.wiring import End, Wiring

MOST_EDGES = 60
"""Of a picture with more edges only those that change are drawn, and none is drawn if they are too many, too."""
SHAPES = {"component": ('["', '"]'), "user": ('(["', '"])'), "pool": ('[("', '")]')}
ORDER = tuple(SHAPES)
CLASSES = (
    "classDef gone stroke-dasharray:5 5,color:#888,stroke:#888",
    "classDef new stroke-width:3px",
)


def picture(old: Wiring, new: Wiring) -> list[str]:
    """Return the lines of the picture; none when nothing in it changes, or when it would be too large to read."""
    if old.edges == new.edges:
        return []
    edges = {edge: _kind(edge, old, new) for edge in sorted({**old.edges, **new.edges}, key=_order)}
    if len(edges) > MOST_EDGES:
        edges = {edge: kind for edge, kind in edges.items() if kind}
    if len(edges) > MOST_EDGES:
        return []
    return _lines(edges, old, new)


def _kind(edge: tuple[End, End], old: Wiring, new: Wiring) -> str:
    if edge not in new.edges:
        return "gone"
    return "" if old.edges.get(edge) == new.edges[edge] else "new"


def _order(edge: tuple[End, End]) -> tuple[object, ...]:
    (kind, name), (_, other) = edge
    return ORDER.index(kind), natural(name), natural(other)


def _lines(edges: Mapping[tuple[End, End], str], old: Wiring, new: Wiring) -> list[str]:
    ends = sorted({end for edge in edges for end in edge}, key=lambda end: (ORDER.index(end[0]), natural(end[1])))
    ids = {end: f"{end[0][0]}{number}" for number, end in enumerate(ends)}
    lines = ["flowchart LR"]
    for end in ends:
        opening, closing = SHAPES[end[0]]
        there = [side for side in (old, new) if any(end in edge for edge in side.edges)]
        mark = ":::gone" if new not in there else ":::new" if old not in there else ""
        lines.append(f"  {ids[end]}{opening}{_label(end, old, new)}{closing}{mark}")
    for edge, kind in edges.items():
        may = new.edges.get(edge, old.edges.get(edge, ""))
        words = " ".join(part for part in (f"no longer: {may}" if kind == "gone" and may else may, "") if part)
        arrow = {"gone": "-.->", "new": "==>"}.get(kind, "-->")
        lines.append(f"  {ids[edge[0]]} {arrow}{f'|{words}|' if words else ''} {ids[edge[1]]}")
    return [*lines, *(f"  {line}" for line in CLASSES)]


def _label(end: End, old: Wiring, new: Wiring) -> str:
    kind, name = end
    if kind != "component":
        return _escaped(name)
    hosts = sorted({*new.hosts.get(name, ()), *old.hosts.get(name, ())}, key=natural)
    more = len(hosts) - NAMED
    shown = hosts if more <= 1 else [*hosts[:NAMED], f"{more} more"]
    return _escaped(name) + "<br>" + _escaped(", ".join(shown))


def _escaped(text: str) -> str:
    """Return the text for a label: what Mermaid or HTML could take for markup becomes a number."""
    return re.sub(r"[^A-Za-z0-9 .,_/-]", lambda match: f"#{ord(match[0])};", text)
