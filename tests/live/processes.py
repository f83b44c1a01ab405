"""Processes that a run of the CLI started on this machine and, through ssh, on the nodes."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

AGENT = b"sys.stdin.buffer.readline()"


def started_for(state: Path) -> dict[int, str]:
    """Return number and command of each process with a stack's state folder in its environment.

    These are the CLI, language hosts, programs and providers.
    """
    mark = f"CEPH_OPENSTACK_STATE={state}".encode()
    found = {}
    for process in _processes():
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def providers(state: Path) -> list[int]:
    """Return the provider processes of a stack."""
    programs = ("launcher", "cut.py")
    return [pid for pid, command in started_for(state).items() if any(program in command for program in programs)]


def agents() -> list[int]:
    """Return the agents that run on the nodes."""
    here = Path("/proc/self/ns/pid").readlink()
    found = []
    for process in _processes():
        with contextlib.suppress(OSError):
            if AGENT in (process / "cmdline").read_bytes() and (process / "ns" / "pid").readlink() != here:
                found.append(int(process.name))
    return found


def seconds_until_gone(state: Path, limit_s: float = 60) -> float:
    """Wait until a stack's providers and all agents have ended by themselves, and return the seconds."""
    began = time.monotonic()
    while left := [*providers(state), *agents()]:
        waited = time.monotonic() - began
        assert waited < limit_s, f"still there after {waited:.0f} s: {left}"
        time.sleep(0.05)
    return time.monotonic() - began


def end(state: Path) -> None:
    """Kill what is left of a stack's runs.

    Pulumi's language host notices only after minutes that somebody has killed the engine.
    """
    for pid in started_for(state):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _processes() -> list[Path]:
    return [process for process in Path("/proc").iterdir() if process.name.isdigit()]
