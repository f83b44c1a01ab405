"""Fields: what differs between the two sides of a change, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from commands.difference import Difference
from commands.report.change import Change, mapping
from commands.report.value import Phrase, Value

ABSENT: Phrase = ("—",)
"""Stands for a value of which the stack says nothing."""


def changed(change: Change, names: Sequence[str]) -> Iterator[tuple[str, Phrase, Phrase]]:
    """Yield each of these fields that differs: its name, what it was, and what it will be.

    Of a map each part is a field: `extra_specs x`.
    """
    for name in names:
        old, new = change.old.get(name), change.new.get(name)
        if isinstance(old, dict) or isinstance(new, dict):
            was, wanted = mapping(old), mapping(new)
            for part in sorted({*was, *wanted}):
                if was.get(part) != wanted.get(part):
                    yield f"{name} {part}", *shown(f"{name} {part}", was.get(part), wanted.get(part))
        elif old != new:
            yield name, *shown(name, old, new)


def shown(name: str, old: Any, new: Any) -> tuple[Phrase, Phrase]:
    """Return what a field was and what it will be, without a value that its name says to be secret."""
    plain_old, plain_new = (None if side is None else Value.of(side).text for side in (old, new))
    wanted, was = Difference(name, plain_new, plain_old).shown
    return _side(was), _side(wanted)


def _side(text: str | None) -> Phrase:
    return ABSENT if text is None else (Value(text),)


def wanted(change: Change, names: Sequence[str]) -> Phrase:
    """Return the fields that are asked for as one text: `size 3, min_size 2`."""
    parts: list[str | Value] = []
    for name in names:
        if change.inputs.get(name) is not None:
            parts += [", " if parts else "", f"{name} ", *shown(name, None, change.inputs[name])[1]]
    return tuple(part for part in parts if part)
