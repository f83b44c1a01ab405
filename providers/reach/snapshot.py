"""Snapshot: a file, what is read with it and its journal, at one moment; and the check that this is still so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from providers.reach.answers.file_state import FileState
from providers.reach.host import RemoteHost
from providers.reach.steps import IfUnchanged


@dataclass(frozen=True)
class Snapshot:
    """What one reading found.

    Attributes:
        files: Each path that was there, with its state.
        path: The file or directory that is managed; its folder was locked while all was read.
        others: What else was asked for by path.
        patterns: What else was asked for by shell glob.
        follow: What else was asked for by shell glob, and read through links.
    """

    files: dict[str, FileState]
    path: str
    others: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()

    @property
    def unchanged(self) -> IfUnchanged:
        """The first step of every plan that is made from this reading."""
        seen = tuple(
            (path, (state.kind, state.owner, state.group, state.mode, state.digest))
            for path, state in sorted(self.files.items())
        )
        return IfUnchanged(self.path, (self.path, *self.others), self.patterns, self.follow, seen)


def snapshot_of(
    host: RemoteHost,
    path: str,
    *,
    others: Sequence[str] = (),
    patterns: Sequence[str] = (),
    follow: Sequence[str] = (),
    hide_keys: bool = False,
) -> Snapshot:
    """Read a path, and what belongs to it, while no agent is in the middle of changing it.

    Args:
        host: The host to read from.
        path: The file or directory that is managed.
        others: Further paths.
        patterns: Shell globs of further paths, such as the journal entries for `path`.
        follow: Shell globs of paths at which a link of root's is followed, as a process that reads the path would.
        hide_keys: Show `sha256:<hex>` in place of each key; the digest of a file is that of the file itself.

    Returns:
        What is there. What is not in it does not exist, because any other failure is an error.
    """
    files = host.read_files([path, *others], patterns=patterns, follow=follow, hide_keys=hide_keys, lock=path)
    return Snapshot(files, path, tuple(others), tuple(patterns), tuple(follow))
