"""The trace: a line for each connection and each agent call, for the benchmark and the tests that count them.

Off unless the environment variable `CEPH_OPENSTACK_TRACE` names a file. Holds operation names and times, never arguments.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

_lock = threading.Lock()


def note(host: str, event: str, **facts: Any) -> None:
    path = os.environ.get("CEPH_OPENSTACK_TRACE")
    if path:
        line = json.dumps({"time": time.time(), "pid": os.getpid(), "host": host, "event": event, **facts})
        with _lock, Path(path).open("a") as trace:
            trace.write(line + "\n")
