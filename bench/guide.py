"""Runs the guide's script twice on the lab, and puts everything back."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.lab_state import restored
from tests.live.lab import CHECKOUT

SCRIPT = Path(__file__).parent / "peers" / "guide.sh"


@dataclass(frozen=True)
class Peer:
    """Another way to do the same job, with the seconds of a first and of a second apply."""

    title: str
    first_s: float
    second_s: float


def measure() -> Peer:
    """Time peers/guide.sh twice; the lab is restored afterwards."""
    with restored(), tempfile.TemporaryDirectory(prefix="bench-") as work:
        return Peer("bash and ssh, after the guide", _run(work), _run(work))


def _run(work: str) -> float:
    environment = {**os.environ, "WORK": work, "SSH_DIR": str(CHECKOUT / ".state" / "lab" / "ssh")}
    started = time.monotonic()
    done = subprocess.run(
        [SCRIPT], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise SystemExit(f"{SCRIPT.name}: exit status {done.returncode}: {done.stdout[-2000:]}")
    return time.monotonic() - started
