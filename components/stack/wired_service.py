"""WiredService: a service that is in the stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.services.service import AnyService


@dataclass(frozen=True)
class WiredService:
    """A service that is in the stack.

    Attributes:
        service: the service.
        mine: the settings of the service.
    """

    service: AnyService
    mine: Any
