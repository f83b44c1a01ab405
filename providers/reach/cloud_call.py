"""CloudCall: the step of a plan that changes something in an OpenStack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CloudCall:
    """One request that changes something in an OpenStack.

    Attributes:
        service: `volume` or `image`.
        path: as the API's reference has it, below the service's endpoint.
        command: the same as words of the `openstack` program.
        body: what is sent as JSON.
        accept: HTTP statuses that count as done (404 for a removal).
    """

    service: str
    method: str
    path: str
    command: str
    body: Any = field(default=None, repr=False)
    accept: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"openstack {self.command}"
