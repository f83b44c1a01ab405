"""SimulatedSystemd: units, their processes and what they logged."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Unit:
    """`read` is what the running process has read when it started; `log` what it says then, `earlier` what the log had before."""

    loaded: bool = True
    active: bool = True
    invocation: str = ""
    started_usec: int = 0
    log: list[str] = field(default_factory=lambda: ["driver initialised"])
    earlier: list[str] = field(default_factory=list)
    starts: int = 0
    reads: Callable[[], Any] = lambda: None
    read: Any = None

    def start(self) -> None:
        self.active, self.invocation, self.starts = True, uuid.uuid4().hex, self.starts + 1
        self.read = self.reads()
        self.started_usec = int(time.time() * 1e6)
        # The kernel stamps files with a clock that may be some milliseconds behind.
        time.sleep(0.008)

    def stop(self) -> None:
        self.active, self.invocation, self.started_usec = False, "", 0


class SimulatedSystemd:
    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}

    def add(self, name: str, unit: Unit | None = None, active: bool = True) -> Unit:
        added = self.units[name] = unit or Unit()
        if active:
            added.start()
            added.starts = 0
        else:
            added.stop()
        return added

    def state(self, name: str) -> dict[str, Any]:
        unit = self.units.get(name)
        if unit is None or not unit.loaded:
            none = {"ActiveState": "inactive", "InvocationID": "", "StartedUsec": 0}
            return {"LoadState": "not-found", **none}
        return {
            "LoadState": "loaded",
            "ActiveState": "active" if unit.active else "inactive",
            "InvocationID": unit.invocation,
            "StartedUsec": unit.started_usec,
        }
