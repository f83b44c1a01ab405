"""Rows of options in ceph.conf and in the files of services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from commands.report.change import Change, mapping
from commands.report.fields import ABSENT, shown
from commands.report.row import Row
from commands.report.section import NEW, OPTIONS
from commands.report.value import Phrase, Value

FILES = ("ceph:CephConf", "openstack:ConfigSections")
"""Types of resources that hold options of a file."""
PARTS = {
    "sections": "",
    "list_items": "items ",
    "list_items_if_absent": "items, where the list is empty: ",
}
"""Field of the inputs to what is said of a value in it."""
FIRST = ("DEFAULT", "global")
BACK: Phrase = ("as it was before the stack",)


@dataclass(frozen=True)
class EditedOption:
    """An option of which one side of a change says something else than the other.

    Attributes:
        section: Its section.
        name: Its name.
        said: What is said of its value, such as that it is an item of a list.
        old: What the stack wrote before; None for nothing.
        new: What it writes; None for nothing.
    """

    section: str
    name: str
    said: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        """The option as a reader knows it: `[ceph] rbd_user`."""
        return f"[{self.section}] {self.name}"

    @property
    def sides(self) -> tuple[Phrase, Phrase]:
        """What was written and what will be."""
        was, will = shown(self.label, self.old, self.new)
        return self._with_said(self.old, was), self._with_said(self.new, will)

    def _with_said(self, side: Any, phrase: Phrase) -> Phrase:
        return phrase if side is None or not self.said else (self.said, *phrase)


def edited(change: Change) -> list[EditedOption]:
    """Return each option of a file in which the two sides of a change differ, with DEFAULT and global first."""
    found = []
    for field, said in PARTS.items():
        was, will = _options(change.old.get(field)), _options(change.new.get(field))
        for section, name in {**was, **will}:
            old, new = was.get((section, name)), will.get((section, name))
            if old != new:
                found.append(EditedOption(section, name, said, old, new))
    return sorted(found, key=lambda option: (option.section not in FIRST, option.section, option.name, option.said))


def _options(sections: Any) -> dict[tuple[str, str], Any]:
    found: Mapping[str, Any] = mapping(sections)
    return {
        (section, name): value
        for section, options in found.items()
        for name, value in mapping(options).items()
        if value != ""
    }


def options(change: Change) -> Iterator[Row]:
    """Yield a row for each option that is new or changes. In a file that the stack begins with, all are new."""
    path: Phrase = (Value.of(change.get("path")),)
    for option in edited(change):
        label: Phrase = (Value.of(option.label),)
        was, will = option.sides
        if change.op == "create":
            group = ("taken over: ", *path) if change.takes_over else path
            yield Row(NEW, (label, will), change.host, group=group)
        elif change.op == "update":
            yield Row(OPTIONS, (label, was, BACK if will == ABSENT else will), change.host, group=path)
