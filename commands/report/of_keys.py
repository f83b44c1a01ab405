"""Rows of what holds a key, by name: keyrings and libvirt secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands.report.change import Change
from commands.report.fields import changed
from commands.report.in_cluster import made
from commands.report.row import Row
from commands.report.section import KEYS
from commands.report.value import Phrase, Value


def keyring(change: Change) -> Iterator[Row]:
    """Yield a row for a new keyring, and for each field of one that changes."""
    rights: Phrase = (Value.of(f"{change.get('owner')}:{change.get('group')}"), " ", Value.of(change.get("mode")))
    fields = ("entity", "owner", "group", "mode", "adopt", "key_state")
    return _rows(change, ("keyring ", Value.of(change.get("path"))), rights, fields)


def secret(change: Change) -> Iterator[Row]:
    """Yield a row for a new libvirt secret, and for each field of one that changes."""
    usage: Phrase = ("usage ", Value.of(change.get("usage")))
    fields = ("entity", "uuid", "usage", "adopt", "key_state")
    return _rows(change, ("libvirt secret ", Value.of(change.get("uuid"))), usage, fields)


def _rows(change: Change, what: Phrase, details: Phrase, fields: Sequence[str]) -> Iterator[Row]:
    whole: Phrase = (*what, " of ", Value.of(change.get("entity")), change.of_cluster)
    if change.op == "create":
        yield Row(KEYS, (whole, (f"{made(change)}: ", *details)), change.host)
    elif change.op == "update":
        for name, was, will in changed(change, fields):
            yield Row(KEYS, (whole, (f"{name.replace('_', ' ')}: ", *was, " → ", *will)), change.host)
