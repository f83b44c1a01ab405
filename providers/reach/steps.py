"""Steps: the values that a plan is made of. A plan holds no key and touches nothing.

Content that includes a cephx key is a template. `KeyOf` stands for the key until the moment in which the step is sent,
so neither a plan, nor its printed form, nor an error that quotes a step can show a key.
"""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from providers.redaction import redacted


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


def without_keys(content: Content) -> str:
    """Return the text with a name for each key: `<key of client.glance>`."""
    if isinstance(content, str):
        return content
    return "".join(f"<key of {part.entity}>" if isinstance(part, KeyOf) else part for part in content)


class SentStep(ABC):
    """A step that is sent to a host's agent as one operation."""

    @abstractmethod
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        """Return the operation as the agent reads it."""


@dataclass(frozen=True)
class IfUnchanged(SentStep):
    """Go on only while a reading is still true. It stays true for all agents of the host until the call's last step.

    The step fails with ESTALE and the steps after it are not done, so a plan from an old reading changes nothing.

    Attributes:
        lock: The path whose folder is locked meanwhile.
        paths: The paths that were read.
        patterns: The shell globs that were read.
        follow: The shell globs that were read through links.
        seen: Each path that was there, with its kind, owner, group, mode and digest.
    """

    lock: str
    paths: tuple[str, ...]
    patterns: tuple[str, ...]
    follow: tuple[str, ...]
    seen: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "if_unchanged",
            "lock": self.lock,
            "paths": list(self.paths),
            "patterns": list(self.patterns),
            "follow": list(self.follow),
            "seen": {path: list(marks) for path, marks in self.seen},
        }

    def __str__(self) -> str:
        return f"check that {self.lock} and its journal are as they were read"


@dataclass(frozen=True)
class PutFile(SentStep):
    """Replace a file atomically; owner, group and mode are set before the content, `None` keeps what is there.

    `if_digest` is the SHA-256 of the content that was read, or `ABSENT`. The step fails with ESTALE if the file has
    another content by now.
    """

    path: str
    content: Content = field(repr=False)
    owner: str | None = None
    group: str | None = None
    mode: str | None = None
    if_digest: str | None = None

    @override
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
        return f"write {self.path}{_attributes(self.owner, self.group, self.mode)}"


@dataclass(frozen=True)
class PutLines(SentStep):
    """Replace some lines of a file and leave the others byte for byte, because they may hold keys that no plan holds.

    Attributes:
        path: The file.
        first: Index of the first line that goes; a final newline counts as an empty last line.
        end: Index of the first line after `first` that stays.
        lines: The new lines, in place of those from `first` to `end`.
        if_digest: SHA-256 of the content that was read; the step fails with ESTALE if the file has another by now.
        owner: As for `PutFile`.
        group: As for `PutFile`.
        mode: As for `PutFile`.
    """

    path: str
    first: int
    end: int
    lines: tuple[Content, ...] = field(repr=False)
    if_digest: str
    owner: str | None = None
    group: str | None = None
    mode: str | None = None

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "put_lines",
            "path": self.path,
            "first": self.first,
            "end": self.end,
            "lines": [resolved(line, key_of) for line in self.lines],
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
            "if_digest": self.if_digest,
        }

    def __str__(self) -> str:
        where = f"{self.path}{_attributes(self.owner, self.group, self.mode)}"
        shown = "; ".join(line for line in (without_keys(line).strip() for line in self.lines) if line)
        if shown:
            return redacted(f"write {shlex.quote(shown)} to line {self.first + 1} of {where}")
        return f"remove lines {self.first + 1} to {self.end} of {where}"


@dataclass(frozen=True)
class RemoveFile(SentStep):
    """Remove a file; a file that is gone already counts as removed."""

    path: str
    if_digest: str | None = None

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "remove_file", "path": self.path, "if_digest": self.if_digest}

    def __str__(self) -> str:
        return f"rm {shlex.quote(self.path)}"


@dataclass(frozen=True)
class SetAttributes(SentStep):
    """Set owner, group and mode of a file or directory that exists; `None` keeps what is there."""

    path: str
    owner: str | None = None
    group: str | None = None
    mode: str | None = None

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "set_attributes",
            "path": self.path,
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
        }

    def __str__(self) -> str:
        path, group = shlex.quote(self.path), f":{self.group}" if self.group else ""
        owner = [f"chown {self.owner or ''}{group} {path}"] if self.owner or group else []
        return "; ".join([*owner, *([f"chmod {self.mode} {path}"] if self.mode else [])])


@dataclass(frozen=True)
class MakeDirectory(SentStep):
    """Make one directory; a directory that exists is left as it is."""

    path: str
    owner: str = "root"
    group: str = "root"
    mode: str = "0755"

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "make_directory",
            "path": self.path,
            "owner": self.owner,
            "group": self.group,
            "mode": self.mode,
        }

    def __str__(self) -> str:
        return f"mkdir {shlex.quote(self.path)}{_attributes(self.owner, self.group, self.mode)}"


@dataclass(frozen=True)
class RemoveDirectory(SentStep):
    """Remove an empty directory; a directory that is gone counts as removed, and a directory in use is left."""

    path: str

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "remove_directory", "path": self.path}

    def __str__(self) -> str:
        return f"rmdir {shlex.quote(self.path)}"


@dataclass(frozen=True)
class Run(SentStep):
    """Run a program without a shell. A key goes to standard input only, never into `argv`."""

    argv: tuple[str, ...]
    stdin: Content = field(default="", repr=False)
    timeout_s: float = 60

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "run",
            "argv": list(self.argv),
            "stdin": resolved(self.stdin, key_of),
            "timeout_s": self.timeout_s,
        }

    def __str__(self) -> str:
        shown = f" <<< {shlex.quote(without_keys(self.stdin))}" if self.stdin else ""
        return redacted(shlex.join(self.argv) + shown)


IN_PLACE = {"osd pool create": ("pool", "pg_num"), "auth get-or-create": ("entity", "caps")}
"""Arguments that the `ceph` program takes by position. Other arguments have to be named: `--size 3`."""


@dataclass(frozen=True)
class MonCommand(SentStep):
    """One monitor command, as the `ceph` program sends it: `{"prefix": "osd pool create", …}`.

    `accept` lists errno names that count as done (ENOENT for a removal).
    """

    command: tuple[tuple[str, Any], ...]
    input: str = field(default="", repr=False)
    accept: tuple[str, ...] = ()

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "mon_command", "command": dict(self.command), "input": self.input, "accept": list(self.accept)}

    def __repr__(self) -> str:
        return f"MonCommand({self})"

    def __str__(self) -> str:
        arguments = dict(self.command)
        prefix = str(arguments.pop("prefix", ""))
        in_place = IN_PLACE.get(prefix, tuple(arguments))
        words = [word for name, value in arguments.items() for word in _words(name, value, name in in_place)]
        return redacted(f"ceph {prefix} {shlex.join(words)}".strip())


def mon(prefix: str, *, accept: tuple[str, ...] = (), **arguments: Any) -> MonCommand:
    """Return the monitor command `prefix` with its arguments; arguments that are `None` are left out."""
    given = tuple((name, value) for name, value in arguments.items() if value is not None)
    return MonCommand((("prefix", prefix), *given), accept=accept)


@dataclass(frozen=True)
class PoolInit(SentStep):
    """`rbd pool init`: enables the application `rbd` and prepares the pool for images."""

    pool: str

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "pool_init", "pool": self.pool}

    def __str__(self) -> str:
        return f"rbd pool init {self.pool}"


@dataclass(frozen=True)
class MgrCommand(SentStep):
    """One command of a manager's module.

    Attributes:
        command: The command and its arguments, as the module takes them.
        shown: The same as an operator would type it.
    """

    command: tuple[tuple[str, str], ...]
    shown: str

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {"do": "mgr_command", "command": dict(self.command)}

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class BreakLock(SentStep):
    """`rbd lock rm`: shuts a dead client out of the cluster, and takes its lock of an image away.

    The step fails with EBUSY when the client watches the image, and with ESTALE when the lock is not the client's.

    Attributes:
        pool: The image's pool.
        image: The image; `namespace/image` where the image is in a namespace.
        client: The client's name in the cluster, such as `client.4338`.
        cookie: What tells the lock from others of this client.
        address: The client's address with its nonce.
    """

    pool: str
    image: str
    client: str
    cookie: str
    address: str

    @override
    def wire(self, key_of: KeySource) -> dict[str, Any]:
        return {
            "do": "break_lock",
            "pool": self.pool,
            "image": self.image,
            "client": self.client,
            "cookie": self.cookie,
            "address": self.address,
        }

    def __str__(self) -> str:
        return f"rbd lock rm {self.pool}/{self.image} {shlex.quote(self.cookie)} {self.client}"


HostStep = (
    IfUnchanged
    | PutFile
    | PutLines
    | RemoveFile
    | SetAttributes
    | MakeDirectory
    | RemoveDirectory
    | Run
    | MonCommand
    | PoolInit
    | MgrCommand
    | BreakLock
)
"""What a host does as one thing."""


class JournalStep(ABC):
    """A step that keeps a record of our own. The host does several steps for it; an operator asked for none of them."""

    @abstractmethod
    def steps(self) -> list[HostStep]:
        """Return the steps that the host does."""


def host_steps(steps: Sequence[HostStep | JournalStep]) -> list[HostStep]:
    """Return the steps as the host does them."""
    return [part for step in steps for part in (step.steps() if isinstance(step, JournalStep) else [step])]


def _attributes(owner: str | None, group: str | None, mode: str | None) -> str:
    """Return ` (root:ceph 0640)`; what is left as it is, is left out."""
    names = f"{owner or ''}:{group}" if group else owner
    given = [word for word in (names, mode) if word]
    return f" ({' '.join(given)})" if given else ""


def _words(name: str, value: Any, in_place: bool) -> list[str]:
    """Return an argument of a monitor command as words of the `ceph` program."""
    option = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return [option] if value else []
    values = [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
    # A text of several lines is a document, such as an entry of the journal.
    shown = ["…" if "\n" in item else item for item in values]
    return shown if in_place else [option, *shown]
