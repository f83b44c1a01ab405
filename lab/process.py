"""Processes known by number and start time, because the kernel gives the number of a dead process to another one."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process of this machine.

    Attributes:
        pid: The process number.
        started: The start time in clock ticks since the machine's boot, from /proc/PID/stat.
    """

    pid: int
    started: int

    def alive(self) -> bool:
        """Return whether this very process still runs; a zombie does not."""
        found = find(self.pid)
        return found is not None and found.started == self.started

    def kill(self) -> None:
        """Send SIGKILL, unless the process has ended."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def find(pid: int) -> Process | None:
    """Return the process with this number, or None when there is no such process or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else Process(pid, int(fields[19]))


def gone(processes: list[Process], seconds: float) -> bool:
    """Wait until all processes have ended, and return False when some are left after `seconds`."""
    deadline = time.monotonic() + seconds
    while any(process.alive() for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
