"""Daemon: one OpenStack process as the packages of an operating system have it."""

from __future__ import annotations

from dataclasses import dataclass

from components.services.package import Package


@dataclass(frozen=True)
class Daemon:
    """One OpenStack process as a platform packages it.

    Attributes:
        unit: systemd unit, without `.service`.
        user: who it runs as; its keyrings are readable by that user, and by `group`, and by nobody else.
        group: the group of `user`.
        conf: the file that our options go to.
        later_files: files and `.d` folders that the process reads after `conf`; what they set wins.
        log: path of its log file, or `journal`.
        ready: regular expressions; each has to match a line logged since the process started.
        failures: regular expressions; none may match such a line.
        workers: of a daemon with a process per back end, the expressions of `providers.host.ready.Workers`.
        ready_s: seconds until it has to be ready.
        steady_s: seconds that it has to have been up by then without a line of `failures`.
        needs: packages that it reaches Ceph with, besides its own.
    """

    unit: str
    user: str
    group: str
    conf: str
    later_files: tuple[str, ...]
    log: str
    ready: tuple[str, ...]
    failures: tuple[str, ...]
    workers: tuple[str, str] | None = None
    ready_s: int = 120
    steady_s: int = 1
    needs: tuple[Package, ...] = ()
