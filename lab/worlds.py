"""Worlds: on which Debian the lab's nodes run, and so with which Ceph and which OpenStack.

`LAB_WORLD` names the world that `lab/lab up` starts. Without the variable, the world that runs goes on, or bookworm is
started.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from lab.errors import LabError


class Suite(NamedTuple):
    """A suite of Debian, and what its packages need to run as nodes.

    Attributes:
        name: The suite's name in Debian's archive.
        openstack: The OpenStack release that the suite packages, as in `ceph-openstack:release`.
        is_released: Whether the archive has the suite's updates and security fixes.
        has_old_mgr: Whether the manager cannot load a module that imports a second time what is written in Rust
            ("PyO3 modules do not yet support subinterpreters"); then the health is never HEALTH_OK.
        needs_cgroup2: Whether its systemd (258 and later) ends at once on cgroup version 1.
        glance_has_uwsgi: Whether glance-api runs under uwsgi, and not by itself.
        makes_aes256k: Whether a new cluster makes keys of type aes256k, which an older librados cannot read.
        compute_stops_late: Whether nova-compute waits 160 s before it stops, unless it is told otherwise.
    """

    name: str
    openstack: str
    is_released: bool = True
    has_old_mgr: bool = False
    needs_cgroup2: bool = False
    glance_has_uwsgi: bool = False
    makes_aes256k: bool = False
    compute_stops_late: bool = False


BOOKWORM = Suite("bookworm", "zed")
TRIXIE = Suite("trixie", "2025.1", has_old_mgr=True)
SID = Suite(
    "sid",
    "2026.2",
    is_released=False,
    needs_cgroup2=True,
    glance_has_uwsgi=True,
    makes_aes256k=True,
    compute_stops_late=True,
)


class World(NamedTuple):
    """What a lab consists of.

    Attributes:
        name: The world's name, as in `make up WORLD=trixie`.
        ceph: The suite of the node that has the cluster.
        openstack: The suite of the controller and of the computes.
    """

    name: str
    ceph: Suite
    openstack: Suite

    @property
    def key_type(self) -> str | None:
        """The type of cephx keys that the clients' librados reads, where the cluster makes another by itself."""
        return "aes" if self.ceph.makes_aes256k and not self.openstack.makes_aes256k else None

    def suite(self, role: str) -> Suite:
        """Return the suite of a node's role."""
        return self.ceph if role == "ceph" else self.openstack


WORLDS = {
    world.name: world
    for world in (
        World("bookworm", BOOKWORM, BOOKWORM),
        World("trixie", TRIXIE, TRIXIE),
        World("sid", SID, SID),
        # A new cluster of Ceph 20 makes keys that older clients cannot read.
        World("mixed", SID, TRIXIE),
    )
}
DEFAULT = WORLDS["bookworm"]


def find(name: str) -> World:
    """Return a world by its name, or raise LabError when the lab has no such world."""
    if name not in WORLDS:
        raise LabError(f"world {name}: the lab has {', '.join(WORLDS)}; LAB_WORLD or `make … WORLD=` names one")
    return WORLDS[name]


def wanted() -> World | None:
    """Return the world that `LAB_WORLD` names; None without the variable."""
    name = os.environ.get("LAB_WORLD")
    return find(name) if name else None
