"""WiredService: a service that is in the stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.services.daemon import Daemon
from components.services.part import Part
from components.services.service import AnyService


@dataclass(frozen=True)
class WiredService:
    """A service that is in the stack.

    Attributes:
        service: the service.
        mine: the settings of the service.
        part: what the service has to do with the cluster.
    """

    service: AnyService
    mine: Any
    part: Part[Any]

    def writes_on(self, host: str) -> bool:
        """Return whether the service's options on a host speak of the cluster."""
        return host in (self.mine.hosts if self.part.conf_hosts is None else self.part.conf_hosts)

    def daemon(self, platform: str, release: str) -> Daemon:
        """Return the service's process on the stack's hosts."""
        return self.service.daemons[platform].of(release).as_set(self.mine.daemon)
