"""Watched: a file that a service reads, and what the running process has read of the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape
from itertools import permutations
from typing import Any

from providers.formats.ceph_conf import CEPH_CONF, CephConfSyntaxError
from providers.formats.dialect import Dialect
from providers.formats.document import Document
from providers.formats.keyring import keys_in
from providers.formats.oslo_ini import OSLO
from providers.formats.parsed import SyntaxProblem
from providers.host.watched_file import WatchedFile
from providers.reach.answers.file_state import FileState
from providers.reach.host import RemoteHost
from providers.reach.machines import Machines

NEVER = 1 << 62
DIALECTS: dict[str, Dialect] = {"oslo": OSLO, "ceph": CEPH_CONF}


@dataclass(frozen=True)
class Watched:
    """A file that the process reads, and which options in it matter to this stack. A keyring counts as a whole.

    Attributes:
        path: Path of the file.
        dialect: `oslo`, `ceph` or `keyring`.
        options: `{section: [option]}`.
        optional: True for a file that need not be there, such as a file that is read after ours.
    """

    path: str
    dialect: str
    options: dict[str, list[str]] = field(default_factory=dict)
    optional: bool = False

    def has_key(self, state: FileState | None, wanted: str | None) -> bool:
        """Return whether a keyring that is there holds the cluster's key; a missing keyring changes the digest.

        Args:
            state: The keyring.
            wanted: SHA-256 of the key; empty if the cluster has none, and None if the cluster was not asked.
        """
        if self.dialect != "keyring" or state is None or wanted is None:
            return True
        try:
            keys = keys_in(state.content or "")
        except CephConfSyntaxError:
            return False
        return bool(wanted) and all(keys.get(entity) == wanted for entity in self.options)


def in_order(files: Mapping[str, WatchedFile]) -> list[Watched]:
    """Return the files in the order of the digest: ceph.conf, keyrings, the service's file, and what is read later.

    The order is not the order of reading. The order has to be the same in each run, because a digest that was recorded
    on a host is compared with a digest of today.
    """
    rank = ("ceph", "keyring", "oslo")
    paths = sorted(files, key=lambda path: (rank.index(files[path].dialect), path))
    ours = [Watched(path, files[path].dialect, files[path].option_names()) for path in paths]
    return ours + [
        Watched(later, file.dialect, file.options, optional=True)
        for file in ours
        for later in files[file.path].later_files or ()
    ]


def other_orders(watch: Sequence[Watched]) -> Iterator[list[Watched]]:
    """Yield the files with their keyrings in any other order, in one of which an earlier version made its digest."""
    keyrings = [file for file in watch if file.dialect == "keyring"]
    for order in permutations(keyrings):
        following = iter(order)
        if list(order) != keyrings:
            yield [next(following) if file.dialect == "keyring" else file for file in watch]


def read_watched(host: RemoteHost, watch: Sequence[Watched], *others: str) -> dict[str, FileState]:
    """Return the watched files and `others`. An optional file may be a link, and the link is followed."""
    ours = [file.path for file in watch if not file.optional]
    later = [escape(file.path) for file in watch if file.optional]
    return host.read_files([*others, *ours], follow=later, hide_keys=True)


def as_first_seen(
    host: str, watch: Sequence[Watched], files: dict[str, FileState], machines: Machines
) -> dict[str, FileState]:
    """Return the watched files as they were before this run changed any of them."""
    before: dict[str, FileState] = {}
    for path in [file.path for file in watch]:
        now = files.get(path)
        first = machines.first_seen(host, path, now)
        # Another resource may have read the file without redaction. If the file is unchanged, the redacted reading
        # counts, so that both digests are comparable.
        state = now if first and now and _identity(first) == _identity(now) else first
        if state is not None:
            before[path] = state
    return before


def _identity(state: FileState) -> tuple[str, ...]:
    return state.digest, state.owner, state.group, state.mode


def watched_digest(watch: Sequence[Watched], files: dict[str, FileState]) -> tuple[str, int]:
    """Return a digest over the watched options as their reader sees them, and when the newest file changed last."""
    seen: list[Any] = []
    newest = 0 if watch else NEVER
    for file in watch:
        state = files.get(file.path)
        if state is None:
            seen.append([file.path, None])
            newest = newest if file.optional else NEVER
            continue
        newest = max(newest, state.ctime_ns)
        if file.dialect == "keyring":
            seen.append([file.path, state.content, state.owner, state.group, state.mode])
            continue
        values = _values(file, state.content or "")
        seen.append([file.path, [["unreadable", state.digest]] if values is None else values])
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest(), newest


def changed_since(watch: Sequence[Watched], files: dict[str, FileState], started_usec: int) -> tuple[str, ...]:
    """Return the watched files that changed last after a process started, which may have read them as they were."""
    return tuple(
        file.path for file in watch if (state := files.get(file.path)) and state.ctime_ns >= started_usec * 1000
    )


def _values(file: Watched, text: str) -> list[list[Any]] | None:
    """Return the watched options with their values; None for a text that its reader refuses."""
    document = Document(DIALECTS[file.dialect], text)
    try:
        return [[s, o, document.value(s, o)] for s, options in sorted(file.options.items()) for o in sorted(options)]
    except SyntaxProblem:
        return None


def waits_for(host: str, watch: Sequence[Watched], files: dict[str, FileState], machines: Machines) -> tuple[str, ...]:
    """Return the files that this run has only recorded, and in which the next run changes what is watched."""
    return tuple(
        file.path
        for file in watch
        if any(
            text is None or _values(file, text) != _values(file, _text(files.get(file.path)))
            for text in machines.pending(host, file.path)
        )
    )


def _text(state: FileState | None) -> str:
    return "" if state is None else state.content or ""
