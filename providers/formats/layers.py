"""Several owners set options in one file, each with a record, and leave in any order without a trace.

Owners are stacks and resources. The rule for an option: the file holds the value of the owner who applied last; when
that owner leaves, the value of the highest remaining layer; when the last one leaves, the lines from before the
first. What a person changed since is left alone, with a warning.

Writing order, so that a cut anywhere leads to the same result when repeated: write `Outcome.intent`, write the file,
write `Outcome.record`. The intent still names what is being given up; the record no longer does. What the intent
newly claims is marked as unwritten: a claim that the file does not show was cut off, and is made anew from what is
there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple, TypeVar

from providers.formats import lists, record
from providers.formats.dialect import Dialect
from providers.formats.document import Document
from providers.formats.parsed import SyntaxProblem
from providers.formats.record import ListRecord, OptionRecord, Record
from providers.formats.wanted_options import WantedItem, WantedOptions


class Outcome(NamedTuple):
    """What to write, in this order: `intent`, `text` (None: no file), `record` (delete it when `record.is_empty`)."""

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
    wanted: WantedOptions,
    path: str,
) -> Outcome:
    """Set what is wanted and put back what this owner no longer wants; nothing wanted takes the owner out of the file.

    Args:
        dialect: How the file is read.
        text: The file as it is, None when there is none.
        mine: This owner's record, None when it has none.
        others: The records of all other owners of this file, by name.
        wanted: What this owner wants.
        path: Names the file in warnings and errors.

    Returns:
        What to write.

    Raises:
        SyntaxProblem: The file's own reader would refuse it.
        ValueError: Something that is wanted cannot be written.
        OwnerConflict: See there.
    """
    try:
        return _Edit(dialect, text, mine or record.empty(), others, path).run(wanted)
    except SyntaxProblem as problem:
        problem.path = path
        raise


def was_absent(document: Document, records: Sequence[Record], section: str, option: str) -> bool:
    """Return whether a list was absent or empty before any of the owners with these records came."""
    kept = [_without_unwritten(document, one)["lists"] for one in records]
    found = [entry for one in kept if (entry := _find(document, one, section, option))]
    before = found[0]["before"] if found else document.raw(section, option)
    return before is None or not lists.items(document.value_of(before))


def claimed(document: Document, records: Sequence[Record], section: str, option: str) -> bool:
    """Return whether one of the owners with these records has set the option."""
    return any(_find(document, _without_unwritten(document, one)["options"], section, option) for one in records)


def value_of(document: Document, one: Record, section: str, option: str) -> str | None:
    """Return the value that the owner with this record has written last for an option; None if it has written none."""
    entry = _find(document, _without_unwritten(document, one)["options"], section, option)
    return entry["values"][-1] if entry and entry["values"] else None


class _Edit:
    """One owner's visit to one file."""

    def __init__(
        self, dialect: Dialect, text: str | None, mine: Record, others: Mapping[str, Record], path: str
    ) -> None:
        self.doc = Document(dialect, text or "")
        self.absent = text is None
        self.path = path
        self.warnings: list[str] = []
        names = {entry["option"] for one in (mine, *others.values()) for entry in one["options"]}
        records = {name: _without_unwritten(self.doc, one) for name, one in {"": mine, **others}.items()}
        self.lost: list[OptionRecord] = _rewritten(self.doc, records[""], names)
        kept = {name: _without(one, _rewritten(self.doc, one, names)) for name, one in records.items()}
        self.mine = kept.pop("")
        self.others = kept

    def run(self, wanted: WantedOptions) -> Outcome:
        key = self.doc.key
        options = {key(s, o): (s, o, value) for s, named in wanted.options.items() for o, value in named.items()}
        listed = self.listed(wanted)
        _Refusals(self.doc, self.mine, self.others, self.path).check(wanted, options, listed)
        if options or listed:
            created = any(other["file_created"] for other in self.others.values())
            self.mine["file_created"] |= created or (self.absent and not self.any_entry())
        for section, option, value in options.values():
            self.own(section, option, value)
        for items in listed.values():
            self.add_items(items)
        intent = deepcopy(self.mine)
        self.confirm()
        self.give_up(set(options), listed)
        for section, option, value in options.values():
            if not self.is_value(section, option, value):
                raise AssertionError(
                    f"{self.path}: [{section}] {option} would be read back differently; please report this"
                )
        for entry in self.lost if not wanted.options else []:
            self.warn(entry["section"], entry["option"], "was written by somebody else since; left as it is")
        return Outcome(self.leave_file(), intent, self.mine, self.warnings)

    def listed(self, wanted: WantedOptions) -> dict[tuple[str, str], list[WantedItem]]:
        """Return the wanted items by list, without those for a list that was there before us."""
        listed: dict[tuple[str, str], list[WantedItem]] = {}
        for item in wanted.items:
            records = [self.mine, *self.others.values()]
            if not item.if_absent or was_absent(self.doc, records, item.section, item.option):
                listed.setdefault(self.doc.key(item.section, item.option), []).append(item)
        return listed

    def confirm(self) -> None:
        """Take the marks of the intent off: once the file is written, nothing is unwritten."""
        for entry in (*self.mine["options"], *self.mine["lists"]):
            entry.pop("unwritten", None)

    def give_up(self, wanted: set[tuple[str, str]], listed: Mapping[tuple[str, str], list[WantedItem]]) -> None:
        """Put back what is no longer wanted, and forget it."""
        for option_entry in list(self.mine["options"]):
            if self.doc.key(option_entry["section"], option_entry["option"]) in wanted:
                option_entry["values"] = option_entry["values"][-1:]
            else:
                self.restore(option_entry)
                self.mine["options"].remove(option_entry)
        for list_entry in list(self.mine["lists"]):
            keep = {item.item for item in listed.get(self.doc.key(list_entry["section"], list_entry["option"]), ())}
            self.remove_items(list_entry, keep)
            if not keep:
                self.mine["lists"].remove(list_entry)
        for section in list(self.mine["sections"]):
            self.leave_section(section)

    # Options

    def own(self, section: str, option: str, value: str) -> None:
        present = self.doc.value(section, option)
        entry = _find(self.doc, self.mine["options"], section, option)
        if entry is None:
            entry = self.claim(section, option, present)
            self.mine["options"].append(entry)
        if self.is_value(section, option, value):
            entry["values"] = [value]
            self.note_section(section, appended=False)
            return
        entry["values"] = [present, value] if present is not None and present in entry["values"] else [value]
        self.note_section(section, self.doc.set(section, option, value))

    def is_value(self, section: str, option: str, wanted: str) -> bool:
        """Return whether the file's reader takes what is there for the value that is wanted."""
        present = self.doc.value(section, option)
        return present is not None and self.doc.dialect.means_same(option, wanted, present)

    def claim(self, section: str, option: str, present: str | None) -> OptionRecord:
        """Return a new entry: what was there before us is what was there before the owner whose value we find."""
        entries = self.other_options(section, option)
        found = [entry for entry in entries if present in entry["values"]]
        before = found[-1]["before"] if found else self.doc.raw(section, option)
        layer = 1 + max((entry["layer"] for entry in entries), default=0)
        return {
            "section": section,
            "option": option,
            "before": before,
            "values": [],
            "layer": layer,
            "unwritten": True,
        }

    def restore(self, entry: OptionRecord) -> None:
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

    def other_options(self, section: str, option: str) -> list[OptionRecord]:
        """Return the other owners' entries for an option, the lowest layer first."""
        found = [_find(self.doc, other["options"], section, option) for other in self.others.values()]
        return sorted((entry for entry in found if entry), key=lambda entry: entry["layer"])

    # Lists

    def add_items(self, wanted: list[WantedItem]) -> None:
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
                "unwritten": True,
            }
            self.mine["lists"].append(entry)
        for item in wanted:
            present = self.doc.value(section, option)
            there = lists.has(present, item.item)
            if item.item not in [*entry["added"], *entry["adopted"]]:
                theirs = there and not any(item.item in other["added"] for other in others)
                entry["adopted" if theirs else "added"].append(item.item)
            if there:
                self.note_section(section, appended=False)
            else:
                self.note_section(section, lists.add_item(self.doc, section, option, item.item, first=item.first))

    def remove_items(self, entry: ListRecord, keep: set[str]) -> None:
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

    def other_lists(self, section: str, option: str) -> list[ListRecord]:
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
        """Give a section up when no option of ours is in the section; whoever leaves a section empty removes it."""
        ours = [*self.mine["options"], *self.mine["lists"]]
        if not any(self.same_section(entry["section"], section) for entry in ours):
            self.mine["sections"].remove(section)
            self.doc.drop_empty_section(section)

    def same_section(self, one: str, other: str) -> bool:
        return self.doc.dialect.section_key(one) == self.doc.dialect.section_key(other)

    def leave_file(self) -> str | None:
        """Return the text to write; None (no file) when an owner created the file and nothing is left in it."""
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


class _Refusals:
    """What cannot be done in a file, found before anything is changed."""

    def __init__(self, doc: Document, mine: Record, others: Mapping[str, Record], path: str) -> None:
        self.doc, self.mine, self.others, self.path = doc, mine, others, path

    def check(
        self,
        wanted: WantedOptions,
        options: Mapping[tuple[str, str], tuple[str, str, str]],
        listed: Mapping[tuple[str, str], list[WantedItem]],
    ) -> None:
        """Raise ValueError for the first."""
        if listed and not self.doc.dialect.has_lists:
            raise ValueError(f"{self.path}: {self.doc.dialect.name} has no list options; set the whole value")
        if len(options) < sum(map(len, wanted.options.values())):
            raise ValueError(f"{self.path}: one option is given twice in two spellings; give it once")
        for section, option, value in options.values():
            self.check_spelling(section, option, value)
        for item in wanted.items:
            self.check_spelling(item.section, item.option, item.item, is_item=True)
        self.check_owners(set(options), set(listed))
        for items in listed.values():
            for item in items:
                self.check_rival(item)

    def check_spelling(self, section: str, option: str, value: str, *, is_item: bool = False) -> None:
        """Raise ValueError for what the file's reader would read back differently."""
        try:
            self.doc.dialect.header(section)
            if is_item:
                lists.check_item(value)
            self.doc.dialect.render(option, value)
        except ValueError as problem:
            raise ValueError(f"{self.path}: [{section}] {option}: {problem}") from None

    def check_owners(self, options: set[tuple[str, str]], listed: set[tuple[str, str]]) -> None:
        """Raise OwnerConflict for a list that one owner sets as a whole and another adds an item to."""
        whole, parts = {"this resource": options}, {"this resource": listed}
        for name, other in self.others.items():
            whole[name] = {self.doc.key(entry["section"], entry["option"]) for entry in other["options"]}
            parts[name] = {self.doc.key(entry["section"], entry["option"]) for entry in other["lists"]}
        for one, other_name in [("this resource", n) for n in parts] + [(n, "this resource") for n in self.others]:
            for section, option in sorted(whole[one] & parts[other_name]):
                raise OwnerConflict(
                    f"{self.path}: [{section}] {option}: set as a whole by {one}, while {other_name} adds an item to"
                    " it; let both add items"
                )

    def check_rival(self, item: WantedItem) -> None:
        """Raise ValueError for an id that stands for something else already: its reader refuses an id twice."""
        entry = _find(self.doc, self.mine["lists"], item.section, item.option)
        rival = lists.rival(self.doc.value(item.section, item.option), item.item)
        if rival is not None and rival not in (entry["added"] if entry else ()):
            name = item.item.partition(":")[0]
            raise ValueError(
                f"{self.path}: [{item.section}] {item.option} has the id {name} already, with another type than"
                f" {item.item}; give ours another id in the settings, or rename that one first, then run again"
            )


_Entry = TypeVar("_Entry", OptionRecord, ListRecord)


def _find(doc: Document, entries: list[_Entry], section: str, option: str) -> _Entry | None:
    key = doc.key(section, option)
    return next((entry for entry in entries if doc.key(entry["section"], entry["option"]) == key), None)


def _without_unwritten(doc: Document, one: Record) -> Record:
    """Return a copy without what a run that was cut off claimed and never wrote.

    The copy is an empty record if nothing else is left.
    """
    options = [
        e for e in one["options"] if not e.get("unwritten") or doc.value(e["section"], e["option"]) in e["values"]
    ]
    kept = [
        e
        for e in one["lists"]
        if not e.get("unwritten") or any(lists.has(doc.value(e["section"], e["option"]), item) for item in e["added"])
    ]
    if (options, kept) != (one["options"], one["lists"]) and not options and not kept:
        return record.empty()
    copy = deepcopy(one)
    copy["options"], copy["lists"] = deepcopy(options), deepcopy(kept)
    return copy


def _rewritten(doc: Document, one: Record, names: set[str]) -> list[OptionRecord]:
    """Return the options of a file that an owner made which somebody else has written since.

    They have our value but not our line. Such a file was made again as a whole, by cephadm for example, and so these
    lines are not ours to take out.
    """
    found: list[OptionRecord] = []
    for entry in one["options"] if one["file_created"] else []:
        value, raw = doc.value(entry["section"], entry["option"]), doc.raw(entry["section"], entry["option"])
        if value is None or raw is None or value not in entry["values"] or raw == entry["before"]:
            continue
        spellings = [name for name in names if doc.dialect.option_key(name) == doc.dialect.option_key(entry["option"])]
        if "\n".join(raw).rstrip("\r") not in [doc.dialect.render(name, value) for name in spellings]:
            found.append(entry)
    return found


def _without(one: Record, lost: list[OptionRecord]) -> Record:
    """Return the record without these options; a file that was made again is none that an owner created."""
    if not lost:
        return one
    copy = deepcopy(one)
    copy["file_created"], copy["options"] = False, [entry for entry in copy["options"] if entry not in lost]
    return copy
