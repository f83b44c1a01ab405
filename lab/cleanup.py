"""Remove everything that a lab has on this machine, whether the lab ended well or was killed at any point."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from lab import cgroup, process
from lab.command import run
from lab.errors import LabError
from lab.machine import NODE_FILES
from lab.nodes import ALL
from lab.paths import CACHE, RUN
from lab.record import Record, read
from lab.root import PARTIAL

_LAYERS = CACHE / "layer"
_PROPAGATE = Path("/run/systemd/nspawn/propagate")


def remains() -> bool:
    """Return whether processes, mounts or files of a lab are left; a record is not looked at."""
    return bool(cgroup.processes()) or bool(_mounts()) or NODE_FILES.exists()


def end(node: str, known: Record) -> None:
    """End one node's processes, or raise LabError when its systemd-nspawn is left after 10 s."""
    nspawn = known.nodes.get(node)
    if nspawn is not None:
        nspawn.kill()
    cgroup.kill(node)
    if nspawn is not None and not process.gone([nspawn], 10):
        raise LabError(
            f"{node}: process {nspawn.pid} does not end; look at /proc/{nspawn.pid}/stack, then run this again"
        )
    cgroup.remove(node)


def take_away(node: str, known: Record) -> None:
    """Remove processes, mounts and files of one node; the other nodes run on."""
    end(node, known)
    for mount in sorted((path for path in _mounts() if Path(path).is_relative_to(NODE_FILES / node)), reverse=True):
        run(["umount", "--lazy", mount], what=f"cleanup: {mount}")
    shutil.rmtree(NODE_FILES / node, ignore_errors=True)
    with contextlib.suppress(OSError):
        (_PROPAGATE / node).rmdir()


def everything() -> None:
    """Remove the whole lab: processes, mounts, files, cut-off layers and the record. The cache stays."""
    known = read()
    if known is not None:
        for nspawn in known.nodes.values():
            nspawn.kill()
    cgroup.kill()
    cgroup.remove()
    for mount in sorted(_mounts(), reverse=True):
        run(["umount", "--lazy", mount], what=f"cleanup: {mount}")
    shutil.rmtree(NODE_FILES, ignore_errors=True)
    _forget()
    for partial in _LAYERS.glob(f"*{PARTIAL}"):
        shutil.rmtree(partial)
    (RUN / "record.json").unlink(missing_ok=True)


def _forget() -> None:
    """Remove what a killed systemd-nspawn leaves in /run; shared folders go only when empty."""
    for name in ALL:
        with contextlib.suppress(OSError):
            (_PROPAGATE / name).rmdir()
    for folder in (_PROPAGATE, _PROPAGATE.parent / "locks", _PROPAGATE.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _mounts() -> list[str]:
    """Return the mount points below the lab's own folders, in the order in which they were mounted."""
    paths = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [path for path in paths if any(Path(path).is_relative_to(top) for top in (RUN, _LAYERS))]
