"""What the agent opens once and keeps for the whole run: the cluster, libvirt and the system bus."""

import importlib
import sys
import threading
import time
from typing import Any, Callable, Dict, Hashable, Optional, Tuple

from providers.reach.agent.failed import Failed

FAILURE_KEPT_S = 20


class OpenedOnce:
    """A connection that is opened when it is first needed.

    Each connection has a lock of its own, so that a caller who waits for a hung monitor holds up nobody else.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Any = None
        self.failure: Optional[Tuple[float, Exception]] = None


CONNECTIONS: Dict[Hashable, OpenedOnce] = {}
CONNECTIONS_LOCK = threading.Lock()


def connection_of(key: Hashable) -> OpenedOnce:
    """Return the connection called `key`, opened or not."""
    with CONNECTIONS_LOCK:
        return CONNECTIONS.setdefault(key, OpenedOnce())


def opened_once(key: Hashable, open_it: Callable[..., Any], *arguments: Any) -> Any:
    """Return the connection called `key`, opened when first asked for.

    A failure counts for FAILURE_KEPT_S, because the failure may have taken long, and the next hundred calls must not
    wait as long each.
    """
    connection = connection_of(key)
    with connection.lock:
        if connection.value is not None:
            return connection.value
        if connection.failure is not None and time.monotonic() - connection.failure[0] < FAILURE_KEPT_S:
            raise connection.failure[1]
        try:
            connection.value = open_it(*arguments)
        except Exception as problem:
            connection.failure = (time.monotonic(), problem)
            raise
        return connection.value


def forget(key: Hashable, value: Any) -> None:
    """Let the next `opened_once` open the connection again, unless somebody has done so already."""
    connection = connection_of(key)
    with connection.lock:
        if connection.value is value:
            connection.value = connection.failure = None


def imported(name: str, package: str) -> Any:
    """Return a module that comes with the host's own Python packages."""
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        raise Failed(
            "ENOPKG",
            "%s cannot import %s (%s); install %s, or name the Python that has it in `ssh.python`"
            % (sys.executable, name, problem, package),
        )
