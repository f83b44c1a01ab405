"""What is refused of the admin sockets and logs of guests, and of the rules that let guests write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from components.services.nova.settings import NovaSettings
from components.services.site import Site
from components.settings.problem import Problem
from providers.formats.ceph_conf import CEPH_CONF

_RUN = re.compile(r"(/var)?/run/")
_PLAIN = re.compile(r"[A-Za-z0-9/._+:=-]+")
"""A path that has no meaning of its own in rules of AppArmor and systemd-tmpfiles."""
_SUCH_AS = "such as /run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok"


def guest_file_problems(nova: NovaSettings, site: Site) -> Iterator[Problem]:
    """Yield each path that no guest could write to, and an AppArmor file that is of no use."""
    paths = {
        name: value
        for name, value in nova.client_options.items()
        if CEPH_CONF.option_key(name) in ("admin_socket", "log_file") and value.startswith("/")
    }
    for name, path in paths.items():
        problem = _below_run(path) if _RUN.match(path) else None
        if problem is None and nova.apparmor_file and not _PLAIN.fullmatch(str(PurePosixPath(path).parent)):
            problem = "is in a folder with characters that AppArmor reads as a pattern; choose another folder"
        if problem:
            yield Problem(("nova", "client_options", name), problem)
    if nova.apparmor_file and not paths:
        where = "is of no use without `admin socket` or `log file` in nova.client_options; leave it out"
        yield Problem(("nova", "apparmor_file"), where)
    elif nova.apparmor_file and site.platform.name == "rhel":
        yield Problem(("nova", "apparmor_file"), "is of no use: RHEL has SELinux instead of AppArmor; leave it out")


def _below_run(path: str) -> str | None:
    """Return why no guest could write to a path below /run; None when it can."""
    folders = PurePosixPath(_RUN.sub("/run/", path)).parts[2:-1]
    if folders[:1] == ("ceph",):
        return (
            "is below /run/ceph, which is closed to qemu's user (systemd-tmpfiles makes it for ceph alone, 0770); "
            f"choose a folder of its own, {_SUCH_AS}"
        )
    if len(folders) != 1 or not _PLAIN.fullmatch(folders[0]):
        return f"has to be in one folder of its own in /run, which is made again at each boot, {_SUCH_AS}"
    return None
