"""A table as lines of plain text: each column is as wide as its widest cell, and two spaces separate columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

SEPARATOR = "  "
NARROWEST = 40
"""The last column is never wrapped at fewer characters, however narrow the terminal is."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[object]], *, width: int | None = None, underlined: bool = False
) -> list[str]:
    """Return the lines of a table.

    Args:
        head: The titles of the columns.
        rows: The cells. A float is shown with two decimals. A column of numbers is aligned to the right, where `-` and
            an empty text stand for a number that is missing.
        width: Width of the terminal, in characters. The last column is wrapped there. None: no line is wrapped.
        underlined: Whether a line of dashes follows the head.
    """
    cells = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    if underlined:
        cells.insert(1, ["-" * column for column in widths])
    right = [_is_numeric([row[column] for row in rows]) for column in range(len(head))]
    return [line for row in cells for line in _lines(row, widths, right, width)]


def _lines(row: list[str], widths: list[int], right: list[bool], width: int | None) -> list[str]:
    padded = [
        cell.rjust(column) if to_right else cell.ljust(column)
        for cell, column, to_right in zip(row, widths, right, strict=True)
    ]
    if width is None:
        return [SEPARATOR.join(padded).rstrip()]
    start = "".join(f"{cell}{SEPARATOR}" for cell in padded[:-1])
    room = max(width - len(start), NARROWEST)
    parts = textwrap.wrap(padded[-1].rstrip(), room, break_long_words=False, break_on_hyphens=False)
    return [f"{' ' * len(start) if number else start}{part}".rstrip() for number, part in enumerate(parts or [""])]


def _is_numeric(column: list[object]) -> bool:
    numbers = [isinstance(cell, int | float) for cell in column]
    return any(numbers) and all(number or cell in ("", "-") for number, cell in zip(numbers, column, strict=True))


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
