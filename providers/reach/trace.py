"""The trace: a line for each connection and each agent call, for the benchmark and for tests that count them.

The trace is off unless the environment variable `CEPH_OPENSTACK_TRACE` names a file. It holds names of operations and
times, and never arguments.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

_lock = threading.Lock()


def note(host: str, event: str, **facts: object) -> None:
    """Write a line, if a trace is asked for.

    Args:
        host: The host's name in the settings.
        event: `connect`, or the name of an operation.
        **facts: What else the line holds.
    """
    path = os.environ.get("CEPH_OPENSTACK_TRACE")
    if path:
        line = json.dumps({"time": time.time(), "pid": os.getpid(), "host": host, "event": event, **facts})
        with _lock, Path(path).open("a") as trace:
            trace.write(line + "\n")
