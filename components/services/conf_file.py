"""ConfFile: what the rows of a service and the operator's own options make of its file on one host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.services.at import At
from components.services.option import BACKEND, Option
from components.settings.option_line import option_key, option_keys
from providers.formats.oslo_ini import OSLO

Sections = dict[str, dict[str, str]]
ListItems = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class ConfFile:
    """The part of a file that the stack owns.

    Attributes:
        sections: section to option to value.
        list_items: section to list option to the items that are the stack's.
        list_items_if_absent: the same for items that are the stack's only where the list was absent or empty before;
            None when no row has such items.
    """

    sections: Sections
    list_items: ListItems
    list_items_if_absent: ListItems | None

    def beside(self, other: ConfFile) -> ConfFile:
        """Return this part with what another part adds. Both are of one file, and the list of items is that of both."""
        sections = {
            name: {**other.sections.get(name, {}), **self.sections.get(name, {})}
            for name in {**self.sections, **other.sections}
        }
        absent = self.list_items_if_absent, other.list_items_if_absent
        has_absent = any(items is not None for items in absent)
        return ConfFile(
            sections,
            _listed(self.list_items, other.list_items),
            _listed(absent[0] or {}, absent[1] or {}) if has_absent else None,
        )


def _listed(first: ListItems, second: ListItems) -> ListItems:
    """Return the items of both, each once."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for lists in (first, second):
        for section, options in lists.items():
            for option, items in options.items():
                found.setdefault(section, {}).setdefault(option, {}).update(dict.fromkeys(items))
    return {section: {option: list(items) for option, items in options.items()} for section, options in found.items()}


def conf_file(options: Sequence[Option[Any]], backends: Sequence[str], at: At[Any]) -> ConfFile:
    """Return what the rows and the operator's own options write into the file of the host in `at`.

    The operator's own options win, because those that must not be set were refused before (`components.stack.checks`).
    A row whose option is in `unmanaged_options` writes nothing.

    Args:
        options: the rows of the service.
        backends: the sections for which a `BACKEND` row is written.
        at: where the options are written; the section is filled in here.
    """
    left = option_keys(at.mine.unmanaged_options, OSLO)
    rows = [row for row in options if row.written_for(at.site.release)]
    sections: Sections = {}
    items: ListItems = {}
    if_absent: ListItems = {}
    for row in rows:
        for row_at in _at_each_section(row, backends, at):
            if option_key(row_at.section, row.name, OSLO) in left:
                continue
            if row.value is not None and (value := row.value(row_at)) is not None:
                sections.setdefault(row_at.section, {})[row.name] = value
            if row.items is not None and (ours := list(row.items(row_at))):
                items.setdefault(row_at.section, {})[row.name] = ours
            if row.items_if_absent is not None and (listed := list(row.items_if_absent(row_at))):
                if_absent.setdefault(row_at.section, {})[row.name] = listed
    for section, further in at.mine.options.items():
        sections.setdefault(section, {}).update(further)
    has_first = any(row.items_if_absent is not None for row in rows)
    return ConfFile(
        {name: values for name, values in sections.items() if values}, items, if_absent if has_first else None
    )


def _at_each_section(row: Option[Any], backends: Sequence[str], at: At[Any]) -> Iterator[At[Any]]:
    for section in backends if row.section == BACKEND else [row.section]:
        yield replace(at, section=section)
