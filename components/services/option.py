"""Option: one row for one option of a service's file.

From the row follows what is written, what `options` may not set, and what is refused because no release, or not this
release, reads the option.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from components.services.at import At, S
from components.settings.releases import RELEASES

BACKEND = "<backend>"
"""Stands for each section that is named after a back end or store of the service."""

ANY = "<any>"
"""Stands for every section, because guides put the option into several."""

NEVER_EXISTED = "never"
"""Stands in `removed_in` for an option that no release ever had, although guides name it."""


@dataclass(frozen=True)
class Option(Generic[S]):
    """One option of the service's file.

    Attributes:
        section: the section of the option, or `BACKEND`, or `ANY`.
        name: the name of the option; an empty name stands for every option of the section.
        value: returns what is written; nothing is written without a function, or when the function returns None.
        items: for a list option, returns the items that are ours; other items are left alone.
        items_if_absent: for a list option, returns further items, which are ours only where the list was absent or
            empty before.
        setting: the setting that the option is written from.
        override: when `options` may set the option. `never`; `unwritten`, only where this row writes nothing; or
            `always`, and then the value in `options` wins.
        added_in: the first release that reads the option.
        removed_in: the first release that no longer reads the option, or `NEVER_EXISTED`.
        instead: what to do instead of an option that is no longer read, as the end of a sentence.
        source: where the facts about releases are written down.
    """

    section: str
    name: str
    value: Callable[[At[S]], str | None] | None = None
    items: Callable[[At[S]], Sequence[str]] | None = None
    items_if_absent: Callable[[At[S]], Sequence[str]] | None = None
    setting: str = ""
    override: Literal["never", "unwritten", "always"] = "never"
    added_in: str = ""
    removed_in: str = ""
    instead: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that says half of what it must."""
        if self.written and self.override != "always" and not self.setting:
            raise ValueError(
                f"[{self.section}] {self.name} is written and protected: name the setting it is written from"
            )
        if self.removed_in and not self.instead:
            raise ValueError(f"[{self.section}] {self.name} is read no more: say what to do instead")

    @property
    def written(self) -> bool:
        """Whether the service writes it, in some stack."""
        return self.value is not None or self.items is not None

    def read_by(self, release: str) -> bool:
        """Return whether a release reads it."""
        at = RELEASES.index(release)
        if self.removed_in and (self.removed_in not in RELEASES or at >= RELEASES.index(self.removed_in)):
            return False
        return not self.added_in or at >= RELEASES.index(self.added_in)


def always(value: str) -> Callable[[At[S]], str]:
    """Return the function of a value that is the same in every stack."""

    def given(_: At[S]) -> str:
        return value

    return given
