"""The places of rows that are alike, as one cell of a table."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 2
"""How many places a cell names; of more it gives the number."""


def places(names: Sequence[str]) -> str:
    """Return the places: `compute1, compute2 and 198 more`."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
