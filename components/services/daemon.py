"""Daemon: one OpenStack process as the packages of an operating system have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from components.services.package import Package
from components.settings.daemon import DaemonSettings
from components.settings.releases import RELEASES, is_before


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
        since: release to what is otherwise from that release on, by the names of these attributes; the oldest first.
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
    since: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, release: str) -> Daemon:
        """Return the daemon as it is in a release; for a release that nobody knows as it is in the oldest one."""
        found = self
        for begin, changes in self.since.items():
            if release in RELEASES and not is_before(release, begin):
                found = replace(found, **changes)
        return found

    def as_set(self, mine: DaemonSettings | None) -> Daemon:
        """Return the daemon with what the settings say of it."""
        given = mine.model_dump(exclude_none=True) if mine else {}
        if "later_files" in given:
            given["later_files"] = tuple(given["later_files"])
        return replace(self, **given)
