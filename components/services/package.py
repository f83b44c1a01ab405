"""Package: what a daemon reaches Ceph with, by the name that an operating system gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A package of an operating system.

    Attributes:
        name: the name that the package manager knows.
        installed_path: shell pattern of a path that exists when the package is installed.
    """

    name: str
    installed_path: str


DEBIAN_LIBRARIES = (
    Package("python3-rados", "/usr/lib/python3/dist-packages/rados-*"),
    Package("python3-rbd", "/usr/lib/python3/dist-packages/rbd-*"),
)
"""librados and librbd for a daemon that opens pools itself."""

DEBIAN_PROGRAMS = (*DEBIAN_LIBRARIES, Package("ceph-common", "/usr/bin/ceph"))
"""The libraries, and the programs `rbd` and `ceph` for a daemon that runs those, too."""

RHEL_LIBRARIES = (
    Package("python3-rados", "/usr/lib*/python3*/site-packages/rados-*"),
    Package("python3-rbd", "/usr/lib*/python3*/site-packages/rbd-*"),
)
RHEL_PROGRAMS = (*RHEL_LIBRARIES, Package("ceph-common", "/usr/bin/ceph"))
