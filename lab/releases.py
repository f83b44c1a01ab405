"""Other OpenStack releases than Debian's own: which versions of Glance and Cinder each is on PyPI."""

from __future__ import annotations

from typing import NamedTuple

from lab.errors import LabError


class Release(NamedTuple):
    """A release as PyPI had it on one day: libraries of later days lack what the services call.

    name     -- as `ceph-openstack:release` names it
    day      -- nothing that was uploaded after it is installed
    packages -- requirements, as uv takes them
    """

    name: str
    day: str
    packages: tuple[str, ...]


_CLIENTS = ("pymysql",)

RELEASES = {
    release.name: release
    for release in (
        # SQLAlchemy 2 was out by then; this release does not start with it. pkg_resources warns from setuptools 66 on.
        Release(
            "2023.1", "2023-05-01", ("glance==26.0.0", "cinder==22.0.0", "sqlalchemy<2", "setuptools<66", *_CLIENTS)
        ),
        Release("2025.1", "2025-06-01", ("glance==30.0.0", "cinder==26.0.0", "setuptools<81", *_CLIENTS)),
        Release("2026.1", "2026-04-20", ("glance==32.0.0", "cinder==28.0.0", "setuptools<81", *_CLIENTS)),
    )
}


def find(name: str) -> Release:
    """Return a release by its name."""
    if name not in RELEASES:
        raise LabError(f"release {name}: the lab has {', '.join(RELEASES)}; its controller1 runs Zed, Debian's own")
    return RELEASES[name]
