"""How long `ssh host true` takes, which is what a step costs without an agent.

Reads are held against it, because a limit in milliseconds says how fast the machine is.
"""

from __future__ import annotations

import subprocess
import time

from lab.access import IDENTITY, KNOWN_HOSTS
from lab.nodes import NODES, USER

ROUNDS = 3


def measure() -> list[float]:
    """Return the milliseconds of `ssh host true`, ROUNDS times for each node in turn, each with a login of its own."""
    return [_login(node.address) for _ in range(ROUNDS) for node in NODES.values()]


def _login(address: str) -> float:
    started = time.monotonic()
    subprocess.run(
        [
            *("ssh", "-F", "none", "-i", str(IDENTITY), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"),
            *("-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={KNOWN_HOSTS}", "-o", "ControlPath=none"),
            *(f"{USER}@{address}", "true"),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return (time.monotonic() - started) * 1000
