"""Sizes as a person reads them."""

from __future__ import annotations

from typing import Any


def size_text(size: Any) -> str:
    """Return a number of bytes with its unit, such as `1.5 GiB`. An unknown size (None) is shown as `0 B`."""
    number = float(size or 0)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"
