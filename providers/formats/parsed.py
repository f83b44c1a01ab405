"""Parsed: what a reader of a file of sections and options finds in the file."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE = -1
"""The line of a section that has no header: its option stands before all of them, and nothing can be added to it."""


class SyntaxProblem(ValueError):
    """A file that its own reader would refuse. The line's text is never quoted, because it may be a password.

    Attributes:
        line: Number of the line, from 1.
        reason: What is wrong with it.
        path: Names the file; set by who knows it.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason
        self.path = ""

    def __str__(self) -> str:
        where = f"{self.path}: line {self.line}" if self.path else f"line {self.line}"
        return f"{where}: {self.reason}; correct that line, then try again"


@dataclass(frozen=True)
class Section:
    """One header. The section ends before the next header or at the end of the file.

    Attributes:
        name: As it is written.
        line: Index of the header's line, or `BEFORE`.
    """

    name: str
    line: int


@dataclass(frozen=True)
class Option:
    """One occurrence of an option.

    Attributes:
        section: Where it stands.
        name: As it is written.
        value: As the file's reader sees it.
        first: Index of its first line.
        last: Index of its last line.
    """

    section: Section
    name: str
    value: str
    first: int
    last: int


@dataclass(frozen=True)
class Parsed:
    """All headers and all option occurrences in file order."""

    sections: tuple[Section, ...]
    options: tuple[Option, ...]
