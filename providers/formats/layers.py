"""Several owners set options in one file, each with a record, and leave in any order without a trace.

Owners are stacks and resources. The rule for an option: the file holds the value of the owner who applied last; when that owner
leaves, the value of the highest remaining layer; when the last one leaves, the lines from before the first. What a person
changed since is left alone, with a warning.

Writing order, so that a cut anywhere leads to the same result when repeated: write `Outcome.intent`, write the file, write
`Outcome.record`. The intent still names what is being given up; the record no longer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from providers.formats import lists, record
from providers.formats.document import Dialect, Document, SyntaxProblem
from providers.formats.record import ListEntry, OptionEntry, Record


@dataclass(frozen=True)
class Item:
    """One item in a list option that is empty where it is absent from the file.

    ``if_absent``: only where the list was absent or empty before any owner came.
    """

    section: str
    option: str
    item: str
    if_absent: bool = False


@dataclass(frozen=True)
class Desired:
    """What one owner wants in one file: ``{section: {option: value}}`` and list items."""

    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Sequence[Item] = ()


class Outcome(NamedTuple):
    """What to write, in this order: ``intent``, ``text`` (None: no file), ``record`` (delete it when `record.is_empty`)."""

    text: str | None
    intent: Record
    record: Record
    warnings: list[str]


class OwnerConflict(ValueError):
    """One owner sets an option as a whole in which another owner has list items, or the other way round."""


def apply(
    dialect: Dialect,
    text: str | None,
    mine: Record | None,
    others: Mapping[str, Record],
    desired: Desired,
    path: str,
) -> Outcome:
    """Set what is desired and put back what this owner no longer wants.

    text: the file as it is, None when there is none. mine: this owner's record, None when it has none. others: the records of all
    other owners of this file, by name. path: names the file in warnings and errors.
    Raises SyntaxProblem for a file its reader refuses, ValueError for what cannot be written, OwnerConflict.
    """
    try:
        return _Edit(dialect, text, mine or record.empty(), others, path).run(desired)
    except SyntaxProblem as problem:
        problem.path = path
        raise


def undo(dialect: Dialect, text: str | None, mine: Record | None, others: Mapping[str, Record], path: str) -> Outcome:
    """Take this owner out of the file; the record in the outcome is empty. Arguments as for `apply`."""
    return apply(dialect, text, mine, others, Desired(), path)


def was_absent(document: Document, records: Sequence[Record], section: str, option: str) -> bool:
    """Whether a list was absent or empty before any of the owners with these records came."""
    found = [entry for one in records if (entry := _find(document, one["lists"], section, option))]
    before = found[0]["before"] if found else document.raw(section, option)
    return before is None or not lists.items(document.value_of(before))


class _Edit:
    """One owner's visit to one file."""

    def __init__(
        self, dialect: Dialect, text: str | None, mine: Record, others: Mapping[str, Record], path: str
    ) -> None:
        self.doc = Document(dialect, text or "")
        self.absent = text is None
        self.mine = deepcopy(mine)
        self.others = others
        self.path = path
        self.warnings: list[str] = []

    def run(self, desired: Desired) -> Outcome:
        key, others = self.doc.key, self.others.values()
        wanted = {key(s, o): (s, o, value) for s, options in desired.options.items() for o, value in options.items()}
        listed: dict[tuple[str, str], list[Item]] = {}
        for item in desired.items:
            if not item.if_absent or was_absent(self.doc, [self.mine, *others], item.section, item.option):
                listed.setdefault(key(item.section, item.option), []).append(item)
        self.refuse(desired, wanted, listed)
        if wanted or listed:
            created = any(other["file_created"] for other in self.others.values())
            self.mine["file_created"] |= created or (self.absent and not self.any_entry())

        for section, option, value in wanted.values():
            self.own(section, option, value)
        for items in listed.values():
            self.add_items(items)
        intent = deepcopy(self.mine)

        for option_entry in list(self.mine["options"]):
            if key(option_entry["section"], option_entry["option"]) in wanted:
                option_entry["values"] = option_entry["values"][-1:]
            else:
                self.restore(option_entry)
                self.mine["options"].remove(option_entry)
        for list_entry in list(self.mine["lists"]):
            keep = {item.item for item in listed.get(key(list_entry["section"], list_entry["option"]), ())}
            self.remove_items(list_entry, keep)
            if not keep:
                self.mine["lists"].remove(list_entry)
        for section in list(self.mine["sections"]):
            self.leave_section(section)
        for section, option, value in wanted.values():
            if self.doc.value(section, option) != value:
                raise AssertionError(
                    f"{self.path}: [{section}] {option} would be read back differently; please report this"
                )
        return Outcome(self.leave_file(), intent, self.mine, self.warnings)

    def refuse(
        self,
        desired: Desired,
        wanted: Mapping[tuple[str, str], tuple[str, str, str]],
        listed: Mapping[tuple[str, str], list[Item]],
    ) -> None:
        """Raise for what cannot be done, before anything is changed."""
        dialect = self.doc.dialect
        if listed and not dialect.has_lists:
            raise ValueError(f"{self.path}: {dialect.name} has no list options; set the whole value")
        if len(wanted) < sum(map(len, desired.options.values())):
            raise ValueError(f"{self.path}: one option is given twice in two spellings; give it once")
        for section, option, value in wanted.values():
            try:
                dialect.header(section)
                dialect.render(option, value)
            except ValueError as problem:
                raise ValueError(f"{self.path}: [{section}] {option}: {problem}") from None
        for item in desired.items:
            try:
                dialect.header(item.section)
                lists.check_item(item.item)
                dialect.render(item.option, item.item)
            except ValueError as problem:
                raise ValueError(f"{self.path}: [{item.section}] {item.option}: {problem}") from None
        whole = {"this resource": set(wanted)} | {
            name: {self.doc.key(e["section"], e["option"]) for e in other["options"]}
            for name, other in self.others.items()
        }
        parts = {"this resource": set(listed)} | {
            name: {self.doc.key(e["section"], e["option"]) for e in other["lists"]}
            for name, other in self.others.items()
        }
        for one, other in [("this resource", n) for n in parts] + [(n, "this resource") for n in self.others]:
            for section, option in sorted(whole[one] & parts[other]):
                raise OwnerConflict(
                    f"{self.path}: [{section}] {option}: set as a whole by {one}, while {other} adds an item to it; "
                    "let both add items"
                )

    # Options

    def own(self, section: str, option: str, value: str) -> None:
        present = self.doc.value(section, option)
        entry = _find(self.doc, self.mine["options"], section, option)
        if entry is None:
            entry = self.claim(section, option, present)
            self.mine["options"].append(entry)
        if present == value:
            entry["values"] = [value]
            self.note_section(section, appended=False)
            return
        entry["values"] = [present, value] if present is not None and present in entry["values"] else [value]
        self.note_section(section, self.doc.set(section, option, value))

    def claim(self, section: str, option: str, present: str | None) -> OptionEntry:
        """A new entry: what was there before us is what was there before the owner whose value we find."""
        entries = self.other_options(section, option)
        found = [entry for entry in entries if present in entry["values"]]
        before = found[-1]["before"] if found else self.doc.raw(section, option)
        layer = 1 + max((entry["layer"] for entry in entries), default=0)
        return {"section": section, "option": option, "before": before, "values": [], "layer": layer}

    def restore(self, entry: OptionEntry) -> None:
        """Put back what is right without us."""
        section, option, before = entry["section"], entry["option"], entry["before"]
        present, raw = self.doc.value(section, option), self.doc.raw(section, option)
        entries = self.other_options(section, option)
        if entries:
            top = entries[-1]
            if present not in entry["values"] or any(present in other["values"] for other in entries):
                return
            if before == top["before"] or entry["layer"] < top["layer"]:
                self.doc.set(section, option, top["values"][-1])
            else:  # a person's value, which this owner found above the other owner's
                self.doc.put(section, option, before)
        elif raw == before:
            return
        elif present in entry["values"]:
            self.doc.put(section, option, before)
        else:
            self.warn(section, option, "was changed by somebody else since; left as it is")

    def other_options(self, section: str, option: str) -> list[OptionEntry]:
        """The other owners' entries for an option, the lowest layer first."""
        found = [_find(self.doc, other["options"], section, option) for other in self.others.values()]
        return sorted((entry for entry in found if entry), key=lambda entry: entry["layer"])

    # Lists

    def add_items(self, wanted: list[Item]) -> None:
        section, option = wanted[0].section, wanted[0].option
        others = self.other_lists(section, option)
        entry = _find(self.doc, self.mine["lists"], section, option)
        if entry is None:
            before = others[0]["before"] if others else self.doc.raw(section, option)
            entry = {
                "section": section,
                "option": option,
                "before": before,
                "added": [],
                "adopted": [],
            }
            self.mine["lists"].append(entry)
        for item in wanted:
            present = lists.items(self.doc.value(section, option))
            if item.item not in [*entry["added"], *entry["adopted"]]:
                theirs = item.item in present and not any(item.item in other["added"] for other in others)
                entry["adopted" if theirs else "added"].append(item.item)
            if item.item not in present:
                self.note_section(section, lists.add_item(self.doc, section, option, item.item))
            else:
                self.note_section(section, appended=False)

    def remove_items(self, entry: ListEntry, keep: set[str]) -> None:
        """Take out the items that are no longer wanted; put the earlier lines back when nothing else has changed."""
        section, option, before = entry["section"], entry["option"], entry["before"]
        others = self.other_lists(section, option)
        for item in [item for item in entry["added"] if item not in keep]:
            if not any(item in other["added"] for other in others):
                lists.remove_item(self.doc, section, option, item)
        entry["added"] = [item for item in entry["added"] if item in keep]
        entry["adopted"] = [item for item in entry["adopted"] if item in keep]
        present, raw = self.doc.value(section, option), self.doc.raw(section, option)
        if present is None:
            if before is not None:
                self.warn(section, option, "was removed by somebody else since; left as it is")
        elif not keep and raw != before and lists.items(present) == lists.items(self.doc.value_of(before)):
            self.doc.put(section, option, before)

    def other_lists(self, section: str, option: str) -> list[ListEntry]:
        found = [_find(self.doc, other["lists"], section, option) for other in self.others.values()]
        return [entry for entry in found if entry]

    # Sections and the file

    def note_section(self, section: str, appended: bool) -> None:
        """Record a section that this edit has appended, or that another owner had."""
        theirs = [name for other in self.others.values() for name in other["sections"]]
        if not any(self.same_section(name, section) for name in self.mine["sections"]) and (
            appended or any(self.same_section(name, section) for name in theirs)
        ):
            self.mine["sections"].append(section)

    def leave_section(self, section: str) -> None:
        """Give a section up when no option of ours is in it; who leaves it empty removes it."""
        ours = [*self.mine["options"], *self.mine["lists"]]
        if not any(self.same_section(entry["section"], section) for entry in ours):
            self.mine["sections"].remove(section)
            self.doc.drop_empty_section(section)

    def same_section(self, one: str, other: str) -> bool:
        return self.doc.dialect.section_key(one) == self.doc.dialect.section_key(other)

    def leave_file(self) -> str | None:
        """The text to write; None (no file) when an owner created the file and nothing is left in it."""
        text = self.doc.text
        if self.any_entry():
            return text
        created, self.mine["file_created"] = self.mine["file_created"], False
        shared = any(other["file_created"] for other in self.others.values())
        return None if self.absent or (created and not shared and not text.strip()) else text

    def any_entry(self) -> bool:
        return bool(self.mine["options"] or self.mine["lists"])

    def warn(self, section: str, option: str, what: str) -> None:
        self.warnings.append(f"{self.path}: [{section}] {option}: {what}")


_Entry = TypeVar("_Entry", OptionEntry, ListEntry)


def _find(doc: Document, entries: list[_Entry], section: str, option: str) -> _Entry | None:
    key = doc.key(section, option)
    return next((entry for entry in entries if doc.key(entry["section"], entry["option"]) == key), None)
