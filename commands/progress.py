"""Progress: a line on a terminal that says how far a long run is, and leaves nothing behind."""

from __future__ import annotations

import sys
import time

QUIET_S = 1.0
"""A run that is done sooner shows no line."""


class Progress:
    """Counts on standard error, when that is a terminal.

    Args:
        what: What is counted, such as `resources looked at`.
    """

    def __init__(self, what: str) -> None:
        self._what, self._started, self._shown = what, time.monotonic(), 0
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: int, of: int) -> None:
        """Show how many are done."""
        self.say(f"{done} of {of} {self._what}")

    def say(self, line: str) -> None:
        """Show another line in the place of the last one, such as how far a question to the cluster is."""
        if not self._terminal or time.monotonic() - self._started < QUIET_S:
            return
        sys.stderr.write(f"\r{line.ljust(self._shown)}")
        sys.stderr.flush()
        self._shown = len(line)

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(f"\r{' ' * self._shown}\r")
            sys.stderr.flush()
            self._shown = 0
