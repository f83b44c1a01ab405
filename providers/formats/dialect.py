"""Dialect: what differs between the kinds of files that are sections and options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from providers.formats.parsed import Parsed


class Dialect(Protocol):
    """How one kind of file is read and written.

    Attributes:
        name: For messages.
        has_lists: Whether a value may be a list whose items have several owners.
        ends_with_newline: Whether the reader refuses a file whose last option or header has no newline.
    """

    name: str
    has_lists: bool
    ends_with_newline: bool

    def parse(self, lines: Sequence[str]) -> Parsed:
        """Read all lines.

        Raises:
            SyntaxProblem: The real reader would refuse the file.
        """

    def section_key(self, section: str) -> str:
        """Return what is the same for two names of one section."""

    def option_key(self, option: str) -> str:
        """Return what is the same for two names of one option."""

    def means_same(self, option: str, wanted: str, found: str) -> bool:
        """Return whether what reads the file takes the value that was found for the one that is wanted."""

    def render(self, option: str, value: str) -> str:
        """Return the line `option = value`.

        Raises:
            ValueError: The line would be read back differently.
        """

    def header(self, section: str) -> str:
        """Return the line `[section]`.

        Raises:
            ValueError: The line would be read back differently.
        """
