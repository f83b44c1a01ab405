"""Owned: named values of a thing on which others set values, too.

Each value's earlier value is recorded alone and put back alone. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import Field

from providers.journal.entry import Entry
from providers.journal.kept_values import with_values
from providers.journal.record import EntryRecord
from providers.reach.cloud_name import CloudName

Values = Mapping[str, Any]


class OwnedRecord(EntryRecord):
    """What the values were before us, what we set, and in which OpenStack."""

    cloud: str = Field(description="Identity of the OpenStack; see `Cloud.identity`.")
    place: CloudName = Field(description="The OpenStack's name in clouds.yaml when we last changed the thing.")
    before: dict[str, Any] = Field(default_factory=dict, description="Each value before us; none: it was absent.")
    ours: dict[str, list[Any]] = Field(default_factory=dict, description="Values that we set, the newest last.")


R = TypeVar("R", bound=OwnedRecord)


def recorded(record: R, found: Values, wanted: Values) -> R:
    """Return the record with the wanted values. A value found now is the earlier value, unless the record has one."""
    before = {**{name: found.get(name) for name in wanted}, **record.before}
    return record.changed(before=before, ours=with_values(record.ours, wanted))


def kept(record: R, wanted: Values) -> R:
    """Return the record without values that are no longer wanted, because these have been put back."""
    before = {name: value for name, value in record.before.items() if name in wanted}
    return record.changed(before=before, ours={name: ours for name, ours in record.ours.items() if name in wanted})


def changes(record: OwnedRecord | None, found: Values, wanted: Values) -> dict[str, Any]:
    """Return the values to set by name; None removes a value.

    These are the wanted values, and the earlier values of names that are no longer wanted. A value that somebody else
    set since stays.
    """
    before, ours = (record.before, record.ours) if record else ({}, {})
    back = {
        name: before.get(name)
        for name in ours
        if name not in wanted and found.get(name) in ours[name] and found.get(name) != before.get(name)
    }
    return {**{name: value for name, value in wanted.items() if found.get(name) != value}, **back}


def theirs(record: OwnedRecord, found: Values) -> list[str]:
    """Return the names of values that somebody else set since, which an undo leaves alone."""
    before, ours = record.before, record.ours
    return sorted(name for name in ours if found.get(name) not in ours[name] and found.get(name) != before.get(name))


def entries(entry: Entry[R], found: Values, wanted: Values) -> tuple[Entry[R], Entry[R]]:
    """Return the entry as it is written before the changes, and after them."""
    intent = recorded(entry.record, found, wanted)
    done = entry.model_copy(update={"record": kept(intent, wanted)})
    return entry.model_copy(update={"record": intent}), done
