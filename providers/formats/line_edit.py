"""LineEdit: the lines in which two texts differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LineEdit:
    """Lines that take the place of others. Lines are what `split` gives, so that a final newline is an empty last line.

    Attributes:
        first: Index of the first line that goes.
        end: Index of the first line after it that stays.
        lines: What comes in their place.
    """

    first: int
    end: int
    lines: tuple[str, ...]

    @classmethod
    def between(cls, before: str, after: str) -> LineEdit:
        """Return the smallest edit in one place that makes one text of the other."""
        old, new = before.split("\n"), after.split("\n")
        shortest = min(len(old), len(new))
        first = next((at for at in range(shortest) if old[at] != new[at]), shortest)
        rest = shortest - first
        same = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
        return cls(first, len(old) - same, tuple(new[first : len(new) - same]))

    def on(self, text: str) -> str:
        """Return the text with the edit made."""
        lines = text.split("\n")
        return "\n".join([*lines[: self.first], *self.lines, *lines[self.end :]])
