"""Restart: the step of a plan that restarts a service and waits until it is ready."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Restart:
    """Restart a service and wait until it is ready. `host/service.py` does this step, which takes many calls."""

    unit: str
    why: str

    def __str__(self) -> str:
        return f"systemctl restart {self.unit}"
