"""Text tables: columns as wide as their widest cell, numbers to the right."""

from __future__ import annotations

from collections.abc import Sequence

Row = Sequence[object]


def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    cells = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    right = [all(_is_number(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in cells:
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(f"  {line}" for line in lines)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) or cell in ("", "-")


def _text(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
