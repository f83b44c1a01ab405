"""OpenStack releases other than Debian's own, with the versions of Glance and Cinder that each has on PyPI."""

from __future__ import annotations

from typing import NamedTuple

from lab.errors import LabError


class Release(NamedTuple):
    """A release with the packages that PyPI had on one day, because later libraries lack what the services call.

    Attributes:
        name: The release's name, as in `ceph-openstack:release`.
        day: An ISO date; no package that was uploaded later is installed.
        packages: Requirements in uv's notation.
    """

    name: str
    day: str
    packages: tuple[str, ...]


_CLIENTS = ("pymysql",)

RELEASES = {
    release.name: release
    for release in (
        # PyPI had SQLAlchemy 2 on that day, and 2023.1 does not start with SQLAlchemy 2.
        # From setuptools 66 on, pkg_resources prints warnings.
        Release(
            "2023.1", "2023-05-01", ("glance==26.0.0", "cinder==22.0.0", "sqlalchemy<2", "setuptools<66", *_CLIENTS)
        ),
        Release("2025.1", "2025-06-01", ("glance==30.0.0", "cinder==26.0.0", "setuptools<81", *_CLIENTS)),
        Release("2026.1", "2026-04-20", ("glance==32.0.0", "cinder==28.0.0", "setuptools<81", *_CLIENTS)),
    )
}


def find(name: str) -> Release:
    """Return a release by its name, or raise LabError when the lab does not have that release."""
    if name not in RELEASES:
        raise LabError(f"release {name}: the lab has {', '.join(RELEASES)}; controller1 runs Zed, Debian's own")
    return RELEASES[name]
