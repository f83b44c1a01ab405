"""ReleasePackage: a package whose version tells the OpenStack release of a host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.settings.releases import RELEASES

_VERSION = re.compile(r"(?:\d+:)?(\d+)\.(\d+)")
_OF_A_YEAR = {"2013.2": "havana", "2014.1": "icehouse", "2014.2": "juno", "2015.1": "kilo"}
"""The versions that all projects had in common, before each got its own."""


@dataclass(frozen=True)
class ReleasePackage:
    """A package that has the project's own version. From Liberty on the major is one more in each release.

    Attributes:
        name: the package's name, which is the same on Debian, Ubuntu and RDO.
        zed: the major of the release Zed.
    """

    name: str
    zed: int

    def release_of(self, version: str) -> str:
        """Return the release of a version, such as `zed`; empty when the version does not tell.

        Args:
            version: the package's version, with the epoch that Debian puts before some (`2:26.2.2-1`).
        """
        found = _VERSION.match(version)
        if found is None:
            return ""
        if of_a_year := _OF_A_YEAR.get(f"{found[1]}.{found[2]}"):
            return of_a_year
        number = int(found[1]) - self.zed + RELEASES.index("zed")
        return RELEASES[number] if RELEASES.index("liberty") <= number < len(RELEASES) else ""
