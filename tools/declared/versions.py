"""The versions in which each OpenStack release is read, and with what."""

from __future__ import annotations

from typing import NamedTuple


class ReleaseVersions(NamedTuple):
    """The last version of each program in one release; glance_store is a library that Glance's file is for, too."""

    nova: str
    cinder: str
    glance: str
    glance_store: str


VERSIONS = {
    "havana": ReleaseVersions("2013.2.4", "2013.2.4", "2013.2.4", ""),
    "icehouse": ReleaseVersions("2014.1.5", "2014.1.5", "2014.1.5", ""),
    "juno": ReleaseVersions("2014.2.4", "2014.2.4", "2014.2.4", "0.1.10"),
    "kilo": ReleaseVersions("2015.1.4", "2015.1.4", "2015.1.4", "0.4.0"),
    "liberty": ReleaseVersions("12.0.6", "7.0.3", "11.0.2", "0.9.3"),
    "mitaka": ReleaseVersions("13.1.4", "8.1.1", "12.0.0", "0.13.1"),
    "newton": ReleaseVersions("14.1.0", "9.1.4", "13.0.0", "0.18.0"),
    "ocata": ReleaseVersions("15.1.5", "10.0.8", "14.0.1", "0.20.0"),
    "pike": ReleaseVersions("16.1.8", "11.2.2", "15.0.2", "0.22.0"),
    "queens": ReleaseVersions("17.0.13", "12.0.10", "16.0.1", "0.23.0"),
    "rocky": ReleaseVersions("18.3.0", "13.0.9", "17.0.1", "0.26.2"),
    "stein": ReleaseVersions("19.3.2", "14.3.1", "18.0.1", "0.28.1"),
    "train": ReleaseVersions("20.6.1", "15.6.0", "19.0.4", "1.0.1"),
    "ussuri": ReleaseVersions("21.2.4", "16.4.2", "20.2.0", "2.0.1"),
    "victoria": ReleaseVersions("22.4.0", "17.4.0", "21.1.0", "2.3.1"),
    "wallaby": ReleaseVersions("23.2.2", "18.2.1", "22.1.1", "2.5.1"),
    "xena": ReleaseVersions("24.2.1", "19.3.0", "23.1.0", "2.7.1"),
    "yoga": ReleaseVersions("25.3.0", "20.3.2", "24.2.1", "3.0.1"),
    "zed": ReleaseVersions("26.3.0", "21.3.2", "25.1.0", "4.1.1"),
    "2023.1": ReleaseVersions("27.5.1", "22.3.0", "26.1.0", "4.3.3"),
    "2023.2": ReleaseVersions("28.3.1", "23.5.0", "27.1.1", "4.6.2"),
    "2024.1": ReleaseVersions("29.4.0", "24.5.0", "28.2.0", "4.7.1"),
    "2024.2": ReleaseVersions("30.3.0", "25.3.1", "29.2.1", "4.8.2"),
    "2025.1": ReleaseVersions("31.3.1", "26.3.0", "30.2.0", "4.9.1"),
    "2025.2": ReleaseVersions("32.2.1", "27.0.0", "31.1.0", "5.2.0"),
    "2026.1": ReleaseVersions("33.0.2", "28.0.0", "32.0.0", "5.4.1"),
    "2026.2": ReleaseVersions("34.0.0", "29.0.0", "33.0.0", "5.7.0"),
}

PROGRAMS = {"nova.conf": ("nova",), "cinder.conf": ("cinder",), "glance-api.conf": ("glance", "glance_store")}
"""The programs that read each file."""

LISTS = {
    "nova": (("ocata", "nova.conf.opts:list_opts"),),
    "cinder": (("ocata", "cinder.opts:list_opts"),),
    # Rocky registers `enabled_backends` without listing it.
    "glance": (("ocata", "glance.opts:list_api_opts"), ("rocky", "glance.common.wsgi:store_opts=DEFAULT?")),
    "glance_store": (
        ("ocata", "glance_store.backend:_STORE_OPTS=glance_store"),
        ("ocata", "glance_store._drivers.rbd:Store.OPTIONS=glance_store"),
        ("ocata", "glance_store._drivers.filesystem:Store.OPTIONS=glance_store"),
        ("rocky", "glance_store.multi_backend:_STORE_OPTS=glance_store"),
        ("rocky", "glance_store._drivers.rbd:Store.OPTIONS=<backend>"),
        ("rocky", "glance_store._drivers.filesystem:Store.OPTIONS=file_before_ceph"),
        ("rocky", "glance_store._drivers.rbd:Store.MULTI_BACKEND_OPTIONS=<backend>?"),
        ("rocky", "glance_store._drivers.filesystem:Store.MULTI_BACKEND_OPTIONS=file_before_ceph?"),
        ("2025.2", "glance_store._drivers.rbd:Store.OPTIONS=backend_defaults"),
        ("2025.2", "glance_store._drivers.filesystem:Store.OPTIONS=backend_defaults"),
    ),
}
"""What each program declares: a list or a function that returns lists, from a release on. `=` names the section of a
plain list, and `?` a list that some versions lack."""

NOT_ON_PYPI = {
    *((program, release) for program in ReleaseVersions._fields for release in list(VERSIONS)[:7]),
    ("glance", "ocata"),
    ("glance", "queens"),
}
"""Programs of releases that PyPI does not have. The projects' own history has them."""

PARSED = ("havana", "icehouse", "juno", "kilo", "liberty", "mitaka", "newton")
"""Releases on Python 2 whose sources are parsed, because their libraries are not to be had any more."""


class ReleaseLibraries(NamedTuple):
    """An environment in which some releases' own `list_opts` run.

    Attributes:
        python: the version of Python.
        day: no package that was uploaded later is installed; empty for a Python that uv does not know.
        packages: what is installed, with all that it needs.
        last: the last release that is read with it.
    """

    python: str
    day: str
    packages: tuple[str, ...]
    last: str


ENVIRONMENTS = (
    # Up to Pike a parameter is called `async`, which is a word of the language from Python 3.7 on.
    ReleaseLibraries(
        "3.6",
        "",
        ("setuptools<58", "wheel", "netaddr<1", "sqlalchemy<1.4", "cinder==15.6.0", "glance==19.0.4"),
        "stein",
    ),
    ReleaseLibraries("3.9", "2022-10-10", ("setuptools<60", "nova==26.0.0", "cinder==21.0.0", "glance==25.0.0"), "zed"),
    ReleaseLibraries(
        "3.11", "2024-10-10", ("setuptools<70", "nova==30.0.0", "cinder==25.0.0", "glance==29.0.0"), "2025.1"
    ),
    ReleaseLibraries(
        "3.12", "2026-10-10", ("setuptools<81", "nova==34.0.0", "cinder==29.0.0", "glance==33.0.0"), "2026.2"
    ),
)

OLD_LIBRARIES = {"oslo.log": "1.0.0", "oslo.messaging": "1.8.3"}
"""Libraries of Kilo to Newton whose sources are parsed. Before them each service had the same in its own sources."""
