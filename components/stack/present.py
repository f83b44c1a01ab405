"""Present: a service that is in the stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.services.service import AnyService


@dataclass(frozen=True)
class Present:
    """A service that is in the stack, with its settings."""

    service: AnyService
    mine: Any
