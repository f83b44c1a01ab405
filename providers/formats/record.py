"""What one owner has changed in one file: plain JSON, kept in the journal on the host.

``version`` 1. ``before`` is always what was there before *any* owner came: raw lines, or null for an absent option. An owner
that finds another owner's value copies that owner's ``before``, so that owners can leave in any order and none has to
rewrite another's record.
"""

from __future__ import annotations

from typing import TypedDict


class OptionEntry(TypedDict):
    """An option that the owner sets.

    ``values``: what may be in the file because of us, the desired value last (two while a change is under way).
    ``layer``: 1 for the first owner of the option; a later owner has a higher one.
    """

    section: str
    option: str
    before: list[str] | None
    values: list[str]
    layer: int


class ListEntry(TypedDict):
    """A list option in which the owner has items: ``added`` by an owner, or ``adopted`` as they were there before."""

    section: str
    option: str
    before: list[str] | None
    added: list[str]
    adopted: list[str]


class Record(TypedDict):
    """All that one owner has in one file.

    ``sections``: those that an owner appended. ``file_created``: there was no file before any owner came.
    """

    version: int
    file_created: bool
    options: list[OptionEntry]
    lists: list[ListEntry]
    sections: list[str]


def empty() -> Record:
    """The record of an owner that has changed nothing."""
    return {"version": 1, "file_created": False, "options": [], "lists": [], "sections": []}


def is_empty(record: Record) -> bool:
    """Whether the owner has nothing in the file, so that its record can be deleted."""
    return not (record["options"] or record["lists"] or record["sections"] or record["file_created"])
