"""Owned: named values of a thing that others set values on, too. What was there before us is recorded value by value and put back.

A record has `before` (value -> what it was, None for absent) and `ours` (value -> what we set, the newest last). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.journal.entry import Entry
from providers.journal.kept_values import with_values

Values = Mapping[str, Any]


def recorded(record: Values, found: Values, wanted: Values) -> dict[str, Any]:
    """Return the record with what is wanted: what is there now is what was before, unless that is known already."""
    known: dict[str, Any] = dict(record.get("before", {}))
    before = {**{name: found.get(name) for name in wanted}, **known}
    return {**record, "before": before, "ours": with_values(record.get("ours", {}), dict(wanted))}


def kept(record: Values, wanted: Values) -> dict[str, Any]:
    """Return the record without what is no longer wanted: it has been put back."""
    return {
        **record,
        **{
            part: {name: one for name, one in record.get(part, {}).items() if name in wanted}
            for part in ("before", "ours")
        },
    }


def changes(record: Values, found: Values, wanted: Values) -> dict[str, Any]:
    """Return what to set, None for what to remove: all that is wanted, and the earlier value of what is no longer.

    What somebody set since is theirs, and stays.
    """
    before, ours = record.get("before", {}), record.get("ours", {})
    back = {
        name: before.get(name)
        for name in ours
        if name not in wanted and found.get(name) in ours[name] and found.get(name) != before.get(name)
    }
    return {**{name: value for name, value in wanted.items() if found.get(name) != value}, **back}


def theirs(record: Values, found: Values) -> list[str]:
    """Return the names of values that somebody set since: an undo leaves them alone."""
    before, ours = record.get("before", {}), record.get("ours", {})
    return sorted(name for name in ours if found.get(name) not in ours[name] and found.get(name) != before.get(name))


def entries(entry: Entry, found: Values, wanted: Values) -> tuple[Entry, Entry]:
    """Return the entry as it is written before the changes, and after them."""
    intent = recorded(entry.record, found, wanted)
    return entry.model_copy(update={"record": intent}), entry.model_copy(update={"record": kept(intent, wanted)})
