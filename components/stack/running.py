"""Running: a daemon on a host."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.daemon import Daemon
from components.services.service import AnyService
from components.settings.user import User


@dataclass(frozen=True)
class Running:
    """A service's daemon on a host.

    Attributes:
        service: the service.
        daemon: its process, as the hosts' platform has it.
        host: where it runs.
        users: those whose keyrings it reads; the previous generation of a user is read by nobody anew.
        workers: how many of its processes work on the cluster.
    """

    service: AnyService
    daemon: Daemon
    host: str
    users: tuple[User, ...]
    workers: int
