"""SimulatedSystemd: units, their processes and what they logged."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from providers.reach.answers.unit_state import UnitState


@dataclass
class Unit:
    """One unit and its process.

    Attributes:
        log: Lines that the process logs at its start.
        earlier: Lines that the log had before that start.
        starts: How many times the unit was started.
        reads: Returns what the process would read now.
        read: What the running process has read at its start.
    """

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
        # Wait, because the clock by which the kernel stamps files may be some milliseconds behind.
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

    def state(self, name: str) -> UnitState:
        unit = self.units.get(name)
        if unit is None or not unit.loaded:
            return UnitState(load_state="not-found", active_state="inactive", invocation_id="", started_usec=0)
        return UnitState(
            load_state="loaded",
            active_state="active" if unit.active else "inactive",
            invocation_id=unit.invocation,
            started_usec=unit.started_usec,
        )
