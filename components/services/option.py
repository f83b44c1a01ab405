"""Option: a row of what a service writes into its file, of what it protects there, and of what a release does not read.

Written, protected and refused: all three follow from the one row.
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
"""Stands for every section: guides put the option in several."""

NEVER = "never"
"""In place of the release that dropped an option which none ever had."""


@dataclass(frozen=True)
class Option(Generic[S]):
    """One option of the service's file.

    Attributes:
        section: its section, or `BACKEND`, or `ANY`.
        name: its name; empty: every option of the section.
        value: what is written; None, or a function that returns None, writes nothing.
        items: of a list option, the items that are ours.
        items_if_absent: of a list option, the items that are ours too where the list was absent or empty before.
        setting: the setting that it is written from.
        override: whether `options` may set it: `never`; only where this row writes nothing (`unwritten`); `always`,
            then `options` win.
        since: the first release that reads it.
        until: the first release that does not read it any more, or `NEVER`.
        instead: what to do instead of an option that is not read any more, as the end of a sentence.
        source: where that is written down.
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
        at = RELEASES.index(release)
        if self.until and (self.until not in RELEASES or at >= RELEASES.index(self.until)):
            return False
        return not self.since or at >= RELEASES.index(self.since)


def always(value: str) -> Callable[[At[S]], str]:
    """Return the function of a value that is the same in every stack."""

    def given(_: At[S]) -> str:
        return value

    return given
