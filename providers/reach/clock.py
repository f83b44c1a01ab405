"""Clock: what waits and measures. It is handed in, so that a test need not wait."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Seconds of a clock that never goes back; the module `time` is one."""

    def monotonic(self) -> float:
        """Return the time."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Let time pass."""
        ...
