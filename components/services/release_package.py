"""ReleasePackage: a package whose version tells the OpenStack release of a host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.settings.releases import EARLIER, RELEASES

_MAJOR = re.compile(r"(?:\d+:)?(\d+)\.")


@dataclass(frozen=True)
class ReleasePackage:
    """A package that has the project's own version. The major is one more in each release.

    Attributes:
        name: the package's name, which is the same on Debian, Ubuntu and RDO.
        zed: the major of the release Zed.
    """

    name: str
    zed: int

    def release_of(self, version: str) -> str:
        """Return the release of a version, such as `zed` or `Yoga`; empty when the version does not tell.

        Args:
            version: the package's version, with the epoch that Debian puts before some (`2:26.2.2-1`).
        """
        known = (*EARLIER, *RELEASES)
        major = _MAJOR.match(version)
        number = int(major[1]) - self.zed + known.index("zed") if major else -1
        return known[number] if 0 <= number < len(known) else ""
