"""What is opened once for the whole run: the cluster, libvirt, the system bus."""

import threading

SINGLES = {}
SINGLES_LOCK = threading.Lock()


def single(key, make, *words):
    """Return the one object of this kind, made when first asked for."""
    with SINGLES_LOCK:
        if key not in SINGLES:
            SINGLES[key] = make(*words)
        return SINGLES[key]


def forget(key):
    """Make the next `single` open it again."""
    with SINGLES_LOCK:
        SINGLES.pop(key, None)
