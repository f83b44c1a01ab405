"""Prepared: sites that are made once in a session, because the making takes longer than most tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from providers.reach import machines as current_machines
from providers.reach.local import LocalHost
from tests.sim.site import Site


class Prepared:
    """Sites by name.

    Args:
        folder: An empty folder.
        agent: Handles the files of every site.
    """

    def __init__(self, folder: Path, agent: LocalHost) -> None:
        self._folder, self._agent = folder, agent
        self._sites: dict[str, Site] = {}

    @contextmanager
    def copy(self, name: str, prepare: Callable[[Site], None]) -> Iterator[Site]:
        """Make a copy of a site for one test.

        Args:
            name: Says what `prepare` does; the same name is the same site.
            prepare: Is called once, with a new site.
        """
        if name not in self._sites:
            made = Site(self._folder / str(len(self._sites)), self._agent)
            prepare(made)
            self._sites[name] = made
        with TemporaryDirectory(dir=self._folder) as folder:
            yield self._sites[name].copied(Path(folder) / "site")
            current_machines.replace_current(None)
