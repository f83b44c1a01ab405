"""Numbers: 1, 2, 3 and so on, for the ids and keys of a simulation."""

from __future__ import annotations

from collections.abc import Iterator


class Numbers(Iterator[int]):
    """Counts as `itertools.count` does, and can be copied, which that one cannot from Python 3.14 on."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def __next__(self) -> int:
        self._next += 1
        return self._next - 1
