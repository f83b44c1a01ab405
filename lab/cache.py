"""Fill the cache beforehand with what a world or a release needs, so that its start does not have to."""

from __future__ import annotations

from collections.abc import Sequence

from lab import host, releases, root, venv, worlds
from lab.paths import LOG
from lab.progress import say

NAMES = (*releases.RELEASES, *worlds.WORLDS)


def fill(names: Sequence[str]) -> None:
    """Build roots and environments that the cache lacks. The lab may be up meanwhile, and is left alone.

    Args:
        names: Releases and worlds, of `NAMES`.

    Raises:
        LabError: Something could not be built.
    """
    host.ensure()
    for name in names:
        if name in releases.RELEASES:
            root.ensure(LOG / "root.log")
            venv.ensure(releases.find(name))
        else:
            world = worlds.find(name)
            for suite in dict.fromkeys((world.ceph, world.openstack)):
                root.ensure(LOG / f"root-{suite.name}.log", suite)
        say(f"cache: has what {name} needs")
