"""Steps: the values that a plan is made of. A plan holds no key and touches nothing.

Content that includes a cephx key is a template: `KeyOf` stands for the key until the moment the step is sent, so neither a
plan, nor its printed form, nor an error that quotes a step can show one.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class KeyOf:
    """Stands for the cephx key of `entity` (base64 text) until the step is sent."""

    entity: str


Content = str | tuple["str | KeyOf", ...]
KeySource = Callable[[str], str]
ABSENT = "absent"


def resolved(content: Content, key_of: KeySource) -> str:
    """Return the text that is sent: every `KeyOf` replaced by the key itself."""
    if isinstance(content, str):
        return content
    return "".join(key_of(part.entity) if isinstance(part, KeyOf) else part for part in content)


@dataclass(frozen=True)
class IfUnchanged:
    """Go on only while a reading is still true; it stays true, for all agents of the host, until the last step of the call.

    The step fails with ESTALE and the steps after it are not done, so a plan from an old reading changes nothing.

    Attributes:
        lock: The path whose folder is locked meanwhile.
        paths: The paths that were read.
        patterns: The shell globs that were read.
        seen: Each path that was there, with its kind, owner, group, mode and digest.
    """

    lock: str
    paths: tuple[str, ...]
    patterns: tuple[str, ...]
    seen: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "if_unchanged",
            "lock": self.lock,
            "paths": list(self.paths),
            "patterns": list(self.patterns),
            "seen": {path: list(marks) for path, marks in self.seen},
        }

    def __str__(self) -> str:
        return f"check that {self.lock} and its journal are as they were read"


@dataclass(frozen=True)
class PutFile:
    """Replace a file atomically; owner, group and mode are set before the content, `None` keeps what is there.

    `if_digest` is the SHA-256 of the content that was read, or `ABSENT`; the step fails with ESTALE if it is another by now.
    """

    path: str
    content: Content = field(repr=False)
    owner: str | None = None
    group: str | None = None
    mode: str | None = None
    if_digest: str | None = None

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "put_file",
            "path": self.path,
            "content": resolved(self.content, key_of),
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
            "if_digest": self.if_digest,
        }

    def __str__(self) -> str:
        return f"write {self.path}"


@dataclass(frozen=True)
class RemoveFile:
    """Remove a file; one that is gone already is fine."""

    path: str
    if_digest: str | None = None

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "remove_file", "path": self.path, "if_digest": self.if_digest}

    def __str__(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True)
class SetAttributes:
    """Set owner, group and mode of a file or directory that exists; `None` keeps what is there."""

    path: str
    owner: str | None = None
    group: str | None = None
    mode: str | None = None

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "set_attributes",
            "path": self.path,
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
        }

    def __str__(self) -> str:
        wanted = [f"{k}={v}" for k, v in (("owner", self.owner), ("group", self.group), ("mode", self.mode)) if v]
        return f"set {' '.join(wanted)} on {self.path}"


@dataclass(frozen=True)
class MakeDirectory:
    """Make one directory; one that exists is left as it is."""

    path: str
    owner: str = "root"
    group: str = "root"
    mode: str = "0755"

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "make_directory",
            "path": self.path,
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
        }

    def __str__(self) -> str:
        return f"make directory {self.path}"


@dataclass(frozen=True)
class RemoveDirectory:
    """Remove a directory if it is empty; one that is gone or still in use is left."""

    path: str

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "remove_directory", "path": self.path}

    def __str__(self) -> str:
        return f"remove directory {self.path} if empty"


@dataclass(frozen=True)
class Run:
    """Run a program without a shell. A key goes to standard input only, never into `argv`."""

    argv: tuple[str, ...]
    stdin: Content = field(default="", repr=False)
    timeout_s: float = 60

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "run",
            "argv": list(self.argv),
            "stdin": resolved(self.stdin, key_of),
            "timeout_s": self.timeout_s,
        }

    def __str__(self) -> str:
        return shlex.join(self.argv)


@dataclass(frozen=True)
class MonCommand:
    """One monitor command, as the `ceph` program sends it: `{"prefix": "osd pool create", …}`.

    `accept` lists errno names that count as done (ENOENT for a removal).
    """

    command: tuple[tuple[str, Any], ...]
    input: str = field(default="", repr=False)
    accept: tuple[str, ...] = ()

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "mon_command", "command": dict(self.command), "input": self.input, "accept": list(self.accept)}

    def __repr__(self) -> str:
        return f"MonCommand({self})"

    def __str__(self) -> str:
        words = dict(self.command)
        rest = " ".join(f"{k}={v}" for k, v in words.items() if k not in ("prefix", "val"))
        return f"ceph {words.get('prefix', '')} {rest}".strip()


def mon(prefix: str, *, accept: tuple[str, ...] = (), **arguments: Any) -> MonCommand:
    """Return the monitor command `prefix` with its arguments; arguments that are `None` are left out."""
    given = tuple((name, value) for name, value in arguments.items() if value is not None)
    return MonCommand((("prefix", prefix), *given), accept=accept)


@dataclass(frozen=True)
class PoolInit:
    """`rbd pool init`: enables the application `rbd` and prepares the pool for images."""

    pool: str

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "pool_init", "pool": self.pool}

    def __str__(self) -> str:
        return f"rbd pool init {self.pool}"


@dataclass(frozen=True)
class Restart:
    """Restart a service and wait until it is ready. Done by `host/service.py`, for the waiting takes many calls."""

    unit: str
    why: str

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        raise TypeError("a restart is not one call")

    def __str__(self) -> str:
        return f"systemctl restart {self.unit}"


@dataclass(frozen=True)
class CloudCall:
    """One request that changes something in an OpenStack. Done by `openstack/cloud.py`, for it goes to an API and not to a host.

    Args:
        service: `volume` or `image`.
        path: as the API's reference has it, below the service's endpoint.
        told: the same as words of the `openstack` program.
        body: what is sent as JSON.
        accept: HTTP statuses that count as done (404 for a removal).
    """

    service: str
    method: str
    path: str
    told: str
    body: Any = field(default=None, repr=False)
    accept: tuple[int, ...] = ()

    def wire(self, key_of: KeySource) -> dict[str, Any]:
        raise TypeError("an API is no host")

    def __str__(self) -> str:
        return f"openstack {self.told}"


Step = (
    IfUnchanged
    | PutFile
    | RemoveFile
    | SetAttributes
    | MakeDirectory
    | RemoveDirectory
    | Run
    | MonCommand
    | PoolInit
    | Restart
    | CloudCall
)
