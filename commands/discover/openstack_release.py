"""The OpenStack release of a host, from the versions of its packages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from components.settings.releases import RELEASES

PACKAGES = ("python3-nova", "python3-glance", "python3-cinder")
"""The packages that are called the same on Debian, Ubuntu and RDO, and have the project's own version."""

# Source: the majors that the projects gave their releases, nova, glance and cinder in this order.
_MAJORS = {
    "Train": (20, 19, 15),
    "Ussuri": (21, 20, 16),
    "Victoria": (22, 21, 17),
    "Wallaby": (23, 22, 18),
    "Xena": (24, 23, 19),
    "Yoga": (25, 24, 20),
    "zed": (26, 25, 21),
    "2023.1": (27, 26, 22),
    "2023.2": (28, 27, 23),
    "2024.1": (29, 28, 24),
    "2024.2": (30, 29, 25),
    "2025.1": (31, 30, 26),
    "2025.2": (32, 31, 27),
    "2026.1": (33, 32, 28),
}
_VERSION = re.compile(r"(?:\d+:)?(\d+)\.")


def release_of(versions: Mapping[str, str]) -> str:
    """Return the release that a host's packages are of, such as `zed` or `Yoga`; empty when they do not tell.

    Args:
        versions: Package to version, with the epoch that Debian puts before some (`2:26.2.2-1`).
    """
    for number, package in enumerate(PACKAGES):
        major = _VERSION.match(versions.get(package, ""))
        for release, majors in _MAJORS.items():
            if major and int(major[1]) == majors[number]:
                return release
    return ""


def known_release(found: str) -> str:
    """Return the release to put into the settings: the found one, or the nearest that this program writes for."""
    return found if found in RELEASES else RELEASES[0]
