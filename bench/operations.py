"""The life of the lab's stack by the real CLI, driven as in tests/live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.live.stack import Run, Stack

REFRESHES = 5


@dataclass(frozen=True)
class Operation:
    """One operation of the CLI.

    Attributes:
        title: The operation's name in tables.
        run: Its time and its calls.
        started: Seconds since the epoch.
        resources: How many resources the state held afterwards.
    """

    title: str
    run: Run
    started: float
    resources: int

    @property
    def until_last_restart_s(self) -> float:
        """Seconds until systemd had restarted the last service; the rest of the run waits for the services."""
        ends = [call["time"] for call in self.run.calls if call["event"] == "restart_unit"]
        return max(ends) - self.started if ends else self.run.seconds


def measure(folder: Path) -> Iterator[Operation]:
    """Yield each operation after the operation has ended; the stack is destroyed in any case.

    Args:
        folder: A folder for the stack's state and settings.
    """
    stack = Stack(folder, "bench")

    def done(title: str, work: Callable[[], Run]) -> Operation:
        started = time.time()
        run = work().ok()
        return Operation(title, run, started, len(stack.resources()))

    try:
        yield done("preview", stack.preview)
        yield done("first up", stack.up)
        yield done("no-change up", stack.up)
        for number in range(REFRESHES):
            yield done(f"refresh {number + 1}" if number else "refresh", stack.refresh)
        yield done("up --refresh", lambda: stack.up("--refresh"))
        yield done("destroy", stack.destroy)
    finally:
        if stack.resources():
            stack.destroy()
