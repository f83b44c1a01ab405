"""What is opened once for the whole run: the cluster, libvirt, the system bus."""

import importlib
import sys
import threading
import time
from typing import Any, Callable, Dict, Hashable, Optional, Tuple

from providers.reach.agent.failed import Failed

FAILURE_KEPT_S = 20


class Slot:
    """One thing that is opened once. Its lock is its own: who waits for a hung monitor holds up nobody else."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Any = None
        self.failure: Optional[Tuple[float, Exception]] = None


SLOTS: Dict[Hashable, Slot] = {}
SLOTS_LOCK = threading.Lock()


def slot(key: Hashable) -> Slot:
    with SLOTS_LOCK:
        return SLOTS.setdefault(key, Slot())


def single(key: Hashable, make: Callable[..., Any], *words: Any) -> Any:
    """Return the one object of this kind, made when first asked for.

    A failure counts for a while: it may have taken long, and the next hundred calls must not wait as long each.
    """
    place = slot(key)
    with place.lock:
        if place.value is not None:
            return place.value
        if place.failure is not None and time.monotonic() - place.failure[0] < FAILURE_KEPT_S:
            raise place.failure[1]
        try:
            place.value = make(*words)
        except Exception as problem:
            place.failure = (time.monotonic(), problem)
            raise
        return place.value


def forget(key: Hashable, value: Any) -> None:
    """Make the next `single` open it again, unless somebody has done so already."""
    place = slot(key)
    with place.lock:
        if place.value is value:
            place.value = place.failure = None


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
