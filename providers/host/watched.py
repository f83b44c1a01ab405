"""Watched: a file that a service reads, and what the running process has read of the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from glob import escape
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from providers.formats.ceph_conf import CEPH_CONF, CephConfSyntaxError
from providers.formats.dialect import Dialect
from providers.formats.document import Document
from providers.formats.keyring import keys_in
from providers.formats.oslo_ini import OSLO
from providers.formats.parsed import SyntaxProblem
from providers.formats.paths import AbsolutePath
from providers.reach.answers.file_state import FileState
from providers.reach.host import RemoteHost
from providers.reach.machines import Machines

NEVER = 1 << 62
DIALECTS: dict[str, Dialect] = {"oslo": OSLO, "ceph": CEPH_CONF}


class Watched(BaseModel):
    """A file that the process reads, and which options in it matter to this stack. A keyring counts as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    path: AbsolutePath
    dialect: Literal["oslo", "ceph", "keyring"]
    options: dict[str, list[str]] = Field(default_factory=dict, description="`{section: [option]}`.")
    optional: bool = Field(
        False, description="True for a file that need not be there, such as a file that is read after ours."
    )

    def has_key(self, state: FileState | None, wanted: dict[str, str]) -> bool:
        """Return whether a keyring that is there holds the cluster's key; a missing keyring changes the digest."""
        if self.dialect != "keyring" or state is None:
            return True
        try:
            keys = keys_in(state.content or "")
        except CephConfSyntaxError:
            return False
        return all(bool(key) and keys.get(entity) == key for entity, key in wanted.items() if entity in self.options)


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
