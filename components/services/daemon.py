"""Daemon: one OpenStack process as the packages of an operating system have it."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.package import Package


@dataclass(frozen=True)
class Daemon:
    """One OpenStack process as a platform packages it.

    Attributes:
        unit: systemd unit, without `.service`.
        user: the user of the operating system that runs the process and owns the keyrings.
        group: the group of `user`, which may read the keyrings; nobody else may.
        conf: the file that our options go to.
        later_files: files and `.d` folders that the process reads after `conf`, so that their values win.
        log: path of the log file, or `journal`.
        ready_lines: regular expressions, each of which has to match a line logged since the process started.
        failure_lines: regular expressions, none of which may match such a line.
        worker_lines: for a daemon with a process per back end, two expressions: the line in which a process begins, and
            the line in which a process says that it works. The one group of each is the process's number.
        ready_s: seconds until the daemon has to be ready.
        steady_s: seconds that the daemon has to have been up by then, without a line of `failure_lines`.
        ceph_packages: packages that the daemon needs to reach Ceph, besides its own.
    """

    unit: str
    user: str
    group: str
    conf: str
    later_files: tuple[str, ...]
    log: str
    ready_lines: tuple[str, ...]
    failure_lines: tuple[str, ...]
    worker_lines: tuple[str, str] | None = None
    ready_s: int = 120
    steady_s: int = 1
    ceph_packages: tuple[Package, ...] = ()
