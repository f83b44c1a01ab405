"""DaemonOnHost: one daemon on one host."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.daemon import Daemon
from components.services.service import AnyService
from components.settings.user import User


@dataclass(frozen=True)
class DaemonOnHost:
    """One daemon on one host. The daemon is restarted when a file that it reads changes.

    Attributes:
        service: the service.
        daemon: the daemon, as the hosts' platform packages it.
        host: the host that the daemon runs on.
        users: the cephx users whose keyrings the daemon reads. Keyrings of a user's previous generation are not among
            them, because a daemon does not read them again.
        kept: the cephx users whose keyrings stay on the host though the daemon no longer reads them.
        worker_count: how many processes of the daemon work on the cluster.
    """

    service: AnyService
    daemon: Daemon
    host: str
    users: tuple[User, ...]
    kept: tuple[User, ...]
    worker_count: int
