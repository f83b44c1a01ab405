"""Rows of what changes in OpenStack itself: volume types, and properties of images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands.report.change import Change
from commands.report.fields import changed
from commands.report.in_cluster import made
from commands.report.row import Row
from commands.report.section import CLOUD
from commands.report.value import Phrase, Value


def volume_type(change: Change) -> Iterator[Row]:
    """Yield a row for each value of a volume type that is new or changes."""
    return _rows(change, ("volume type ", Value.of(change.get("name"))), ("description", "public", "extra_specs"))


def image_properties(change: Change) -> Iterator[Row]:
    """Yield a row for each property of an image that is new or changes."""
    return _rows(change, ("image ", Value.of(change.get("image"))), ("properties",))


def _rows(change: Change, what: Phrase, fields: Sequence[str]) -> Iterator[Row]:
    if change.op not in ("create", "update"):
        return
    new = f" ({made(change)})" if change.op == "create" else ""
    whole: Phrase = (*what, new) if new else what
    for name, was, will in changed(change, (*fields, *(() if new else ("adopt", "present")))):
        yield Row(CLOUD, (whole, (name,), () if new else was, will))
