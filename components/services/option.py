"""Option: one row for one option of a service's file.

From the row follows what is written, what `options` may not set, and what is refused because no release, or not this
release, reads the option.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from components.services.at import At, S
from components.settings.releases import RELEASES, is_before

BACKEND = "<backend>"
"""Stands for each section that is named after a back end or store of the service."""

ANY = "<any>"
"""Stands for every section, because guides put the option into several."""

NEVER_EXISTED = "never"
"""Stands in `until` for an option that no release ever had, although guides name it."""


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
        since: the first release that reads the option, in its last version at the latest; empty for one that Havana
            reads already.
        until: the release that dropped the option, which is the first that no longer reads it, or `NEVER_EXISTED`;
            empty for an option that every later release reads.
        superseded_in: the release from which another row writes the same, although the option is still read; nothing
            is written from there on. Empty when there is no such row.
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
    since: str = ""
    until: str = ""
    superseded_in: str = ""
    instead: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that says half of what it must."""
        if self.written and self.override != "always" and not self.setting:
            raise ValueError(
                f"[{self.section}] {self.name} is written and protected: name the setting it is written from"
            )
        if self.until and not self.instead:
            raise ValueError(f"[{self.section}] {self.name} is read no more: say what to do instead")

    @property
    def written(self) -> bool:
        """Whether the service writes it, in some stack."""
        return self.value is not None or self.items is not None

    def read_by(self, release: str) -> bool:
        """Return whether a release reads it."""
        if self.until and (self.until not in RELEASES or not is_before(release, self.until)):
            return False
        return not self.since or not is_before(release, self.since)

    def written_for(self, release: str) -> bool:
        """Return whether something may be written for a release: the release reads it, and no later form of it."""
        is_superseded = bool(self.superseded_in) and not is_before(release, self.superseded_in)
        return self.written and self.read_by(release) and not is_superseded


def always(value: str) -> Callable[[At[S]], str]:
    """Return the function of a value that is the same in every stack."""

    def given(_: At[S]) -> str:
        return value

    return given
