"""What the machine needs before the lab can start."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab.command import run
from lab.errors import LabError
from lab.paths import LOG
from lab.progress import say

_PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "ssh": "openssh-client",
    "nsenter": "util-linux",
    "mount": "mount",
}
_INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
_INOTIFY_NEEDED = 1024


def ensure() -> None:
    """Install missing programs with apt, or raise LabError when not run as root."""
    if os.geteuid() != 0:
        raise LabError("lab: needs root, because it mounts and starts systemd-nspawn; run it with sudo")
    missing = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        _install(missing)


def _install(packages: list[str]) -> None:
    say(f"host: installing {', '.join(packages)} with apt")
    log = LOG / "apt.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], what="host: package lists", log=log, timeout=300, env=env)
    install = [
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=600",
        *packages,
    ]
    run(install, what="host: packages", log=log, timeout=900, env=env)


def raise_limits() -> None:
    """Raise the limit of inotify instances for four systemds.

    The kernel counts per user, all nodes are one user to the kernel, and the default of 128 is too low for them.
    """
    if int(_INOTIFY.read_text()) < _INOTIFY_NEEDED:
        say(f"host: fs.inotify.max_user_instances raised to {_INOTIFY_NEEDED} (until the machine restarts)")
        _INOTIFY.write_text(str(_INOTIFY_NEEDED))
