"""Block: written rows that stand together, and as many blocks as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Block:
    """Rows in some format.

    Attributes:
        rank: How important they are; the lowest number gets room first.
        what: What the rows are about.
        heading: The heading of the section, written once for all of its blocks that follow each other.
        head: What stands above the rows.
        rows: The rows, each of one or more lines.
        tail: What stands below the rows.
    """

    rank: int
    what: str
    heading: str
    head: tuple[str, ...]
    rows: tuple[str, ...]
    tail: tuple[str, ...] = ()

    @property
    def frame(self) -> int:
        """How many characters it needs besides its rows, the heading included."""
        return sum(len(line) + 1 for line in (self.heading, *self.head, *self.tail))


def written(blocks: Sequence[Block]) -> list[str]:
    """Return the lines of all blocks."""
    lines: list[str] = []
    heading = ""
    for block in blocks:
        if block.heading != heading:
            heading = block.heading
            lines.append(heading)
        lines += [*block.head, *block.rows, *block.tail]
    return lines


def text_of(
    first: Sequence[str], blocks: Sequence[Block], most: int, left_out: Callable[[Mapping[str, int]], str]
) -> str:
    """Return the text of all blocks, or as much of it as there may be characters.

    Args:
        first: The lines in front of the blocks.
        blocks: The blocks, in the order in which they are written.
        most: How many characters the text may have.
        left_out: Returns the line that says how many rows of what are left out.
    """
    text = _text([*first, *written(blocks)])
    if len(text) <= most:
        return text
    _, everything = fitted(blocks, 0)  # no line is longer than the one that says that all is left out
    start = _text([*first, left_out(everything), ""])
    kept, left = fitted(blocks, most - len(start) - 1)
    return _text([*first, left_out(left), "", *written(kept)])


def rows_of(left: Mapping[str, int]) -> str:
    """Return how many rows of what there are: `120 rows of options, 1 row of notes`."""
    return ", ".join(f"{number} {'row' if number == 1 else 'rows'} of {what}" for what, number in left.items())


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def fitted(blocks: Sequence[Block], room: int) -> tuple[list[Block], dict[str, int]]:
    """Return what there is room for, by whole rows, and how many rows of what are left out.

    Args:
        blocks: The blocks, in the order in which they are written.
        room: How many characters there are, line ends included.
    """
    kept: dict[int, Block] = {}
    for number, block in sorted(enumerate(blocks), key=lambda numbered: numbered[1].rank):
        space, rows = room - block.frame, list[str]()
        for row in block.rows:
            space -= len(row) + 1
            if space < 0:
                break
            rows.append(row)
        if rows:
            kept[number] = replace(block, rows=tuple(rows))
            room -= block.frame + sum(len(row) + 1 for row in rows)
    left: dict[str, int] = {}
    for number, block in enumerate(blocks):
        missing = len(block.rows) - (len(kept[number].rows) if number in kept else 0)
        if missing:
            left[block.what] = left.get(block.what, 0) + missing
    return [kept[number] for number in sorted(kept)], left
