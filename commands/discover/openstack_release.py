"""The OpenStack release of a host, from the versions of its packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.services import SERVICES
from components.services.release_package import ReleasePackage
from components.services.service import AnyService
from components.settings.releases import USUAL


def release_packages(services: Sequence[AnyService]) -> list[ReleasePackage]:
    """Return the packages whose versions tell the release."""
    return [service.release_package for service in services if service.release_package]


def release_of(versions: Mapping[str, str], services: Sequence[AnyService] = SERVICES) -> str:
    """Return the release that a host's packages are of, such as `zed`; empty when they do not tell.

    Args:
        versions: Package to version.
        services: The services whose packages are known.
    """
    found = (package.release_of(versions.get(package.name, "")) for package in release_packages(services))
    return next((release for release in found if release), "")


def known_release(found: str) -> str:
    """Return the release to put into the settings: the found one, or the usual one where the packages do not tell."""
    return found or USUAL
