"""What one owner has changed in one file: plain JSON, kept in the journal on the host.

`before` is always what was there before *any* owner came: raw lines, or null for an absent option. An owner that
finds another owner's value copies that owner's `before`, so that owners can leave in any order and none has to
rewrite another's record.

`unwritten` marks, in the record that is written ahead of the file, what the file does not have yet. A run that is cut
off there has not written it, or has: the file says which. Somebody may edit the option before the next run, and then
the edit is what was there before.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class OptionRecord(TypedDict):
    """An option that the owner sets.

    Attributes:
        section: The option's section.
        option: The option.
        before: The lines that were there before any owner.
        values: What may be in the file because of us, the wanted value last (two while a change is under way).
        layer: 1 for the first owner of the option; a later owner has a higher one.
        unwritten: See the module.
    """

    section: str
    option: str
    before: list[str] | None
    values: list[str]
    layer: int
    unwritten: NotRequired[bool]


class ListRecord(TypedDict):
    """A list option in which the owner has items.

    Attributes:
        section: The option's section.
        option: The list option.
        before: The lines that were there before any owner.
        added: Items that an owner put there.
        adopted: Items that were there before.
        unwritten: See the module.
    """

    section: str
    option: str
    before: list[str] | None
    added: list[str]
    adopted: list[str]
    unwritten: NotRequired[bool]


class Record(TypedDict):
    """All that one owner has in one file.

    Attributes:
        version: 1.
        file_created: Whether there was no file before any owner came.
        options: The options that the owner sets.
        lists: The lists in which the owner has items.
        sections: Those that an owner appended.
    """

    version: int
    file_created: bool
    options: list[OptionRecord]
    lists: list[ListRecord]
    sections: list[str]


def empty() -> Record:
    """Return the record of an owner that has changed nothing."""
    return {"version": 1, "file_created": False, "options": [], "lists": [], "sections": []}


def is_empty(record: Record) -> bool:
    """Return whether the owner has nothing in the file, so that its record can be deleted."""
    return not (record["options"] or record["lists"] or record["sections"] or record["file_created"])
