"""What one owner wants in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class WantedItem:
    """One item in a list option that is empty where it is absent from the file.

    Attributes:
        section: The option's section.
        option: The list option.
        item: The item.
        if_absent: Whether the item is wanted only where the list was absent or empty before any owner came.
        first: Whether the item is put before the items that are there, instead of after them.
    """

    section: str
    option: str
    item: str
    if_absent: bool = False
    first: bool = False


@dataclass(frozen=True)
class WantedOptions:
    """What one owner wants in one file.

    Attributes:
        options: `{section: {option: value}}`.
        items: Items in list options, which the owner shares with others.
    """

    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Sequence[WantedItem] = ()
