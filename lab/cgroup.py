"""A cgroup per node, which tells the lab's processes from others even when the lab's record is lost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from lab.errors import LabError
from lab.process import Process, find

_PARENT = "ceph-openstack-lab"


def _mounts() -> list[Path]:
    """Return the hierarchies that systemd itself uses: version 2, and name=systemd of version 1."""
    found: list[Path] = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, options = line.split()[:4]
        if (kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(","))) and os.access(
            where, os.W_OK
        ):
            found.append(Path(where))
    if not found:
        raise LabError("lab: this machine has no writable cgroup2 or name=systemd mount; systemd-nspawn needs one")
    return found


def enter(node: str) -> None:
    """Move the calling process, a child about to become systemd-nspawn, into the node's group."""
    for mount in _mounts():
        group = mount / _PARENT / node
        group.mkdir(parents=True, exist_ok=True)
        (group / "cgroup.procs").write_text(str(os.getpid()))


def _lists_of_processes(top: Path) -> Iterator[Path]:
    """Yield `cgroup.procs` of a group and of all groups below; a group that vanishes meanwhile is passed over.

    `Path.rglob` raises FileNotFoundError for a group that systemd removes between two of its steps; `os.walk` does not.
    """
    yield top / "cgroup.procs"
    for folder, folders, _ in os.walk(top):
        yield from (Path(folder) / name / "cgroup.procs" for name in folders)


def processes(node: str | None = None) -> list[Process]:
    """Return every process of one node, or of the whole lab without `node`."""
    pids: set[int] = set()
    for mount in _mounts():
        top = mount / _PARENT / node if node else mount / _PARENT
        for file in _lists_of_processes(top):
            try:
                pids.update(int(pid) for pid in file.read_text().split())
            except OSError:
                continue
    return [process for pid in sorted(pids) if (process := find(pid)) is not None]


def kill(node: str | None = None, seconds: float = 20.0) -> None:
    """Kill every process of one node, or of the whole lab without `node`.

    The services get no chance to shut down in good order, because a node's disks are thrown away.

    Raises:
        LabError: Processes are left after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while left := processes(node):
        for process in left:
            process.kill()
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in left)
            raise LabError(f"lab: processes {pids} do not end; look at /proc/PID/stack, then run `lab/lab down` again")
        time.sleep(0.05)


def remove(node: str | None = None) -> None:
    """Remove the empty groups of one node, or of the whole lab without `node`, innermost first."""
    for mount in _mounts():
        top = mount / _PARENT / node if node else mount / _PARENT
        if top.is_dir():
            for folder in sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True):
                folder.rmdir()
            top.rmdir()
