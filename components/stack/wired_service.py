"""WiredService: a service that is in the stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.services.daemon import Daemon
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

    def daemon(self, platform: str, release: str) -> Daemon:
        """Return the service's process on the stack's hosts."""
        return self.service.daemons[platform].of(release).as_set(self.mine.daemon)
