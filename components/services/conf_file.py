"""ConfFile: what the rows of a service and the operator's own options make of its file on one host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.services.at import At
from components.services.option import BACKEND, Option

Sections = dict[str, dict[str, str]]
ListItems = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class ConfFile:
    """The part of a file that the stack owns.

    Attributes:
        sections: option and value by section.
        list_items: of list options, the items that are the stack's.
        list_items_if_absent: those that are the stack's where the list was absent before; None when no row has any.
    """

    sections: Sections
    list_items: ListItems
    list_items_if_absent: ListItems | None


def conf_file(options: Sequence[Option[Any]], backends: Sequence[str], at: At[Any]) -> ConfFile:
    """Return what `options` write for the place `at`, whose section is filled in here, joined by the operator's own.

    The operator's win: what must not be overridden was refused with the settings (`components.stack.checks`).
    """
    rows = [row for row in options if row.written and row.read_by(at.site.release)]
    sections: Sections = {}
    items: ListItems = {}
    if_absent: ListItems = {}
    for row in rows:
        for place in _places(row, backends, at):
            if row.value is not None and (value := row.value(place)) is not None:
                sections.setdefault(place.section, {})[row.name] = value
            if row.items is not None:
                items.setdefault(place.section, {})[row.name] = list(row.items(place))
            if row.items_if_absent is not None and (listed := list(row.items_if_absent(place))):
                if_absent.setdefault(place.section, {})[row.name] = listed
    for section, further in at.mine.options.items():
        sections.setdefault(section, {}).update(further)
    has_first = any(row.items_if_absent is not None for row in rows)
    return ConfFile({name: one for name, one in sections.items() if one}, items, if_absent if has_first else None)


def _places(row: Option[Any], backends: Sequence[str], at: At[Any]) -> Iterator[At[Any]]:
    for section in backends if row.section == BACKEND else [row.section]:
        yield replace(at, section=section)
