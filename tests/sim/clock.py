"""SimulatedClock: time passes when somebody sleeps, and at no other time."""

from __future__ import annotations

from collections.abc import Callable


class SimulatedClock:
    """A clock that takes no time.

    Attributes:
        waits: How long each sleep was.
        meanwhile: What happens during a sleep.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return sum(self.waits)

    def sleep(self, seconds: float, /) -> None:
        self.waits.append(seconds)
        self.meanwhile()
