"""What runs on this machine: kept under /run, because there is one lab per machine, whoever began it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lab.paths import RUN, STATE
from lab.process import Process

_RECORD = RUN / "record.json"
_IDENTITY = STATE / "id"


@dataclass
class Record:
    id: str
    """Random, also kept in the checkout: a fresh clone at the same path did not begin this lab."""
    state: str
    """That checkout's .state/lab."""
    boot: str
    sources: str
    complete: bool = False
    nodes: dict[str, Process] = field(default_factory=dict)
    """The systemd-nspawn process of each running node."""
    stopped: list[str] = field(default_factory=list)
    """Nodes switched off on purpose with `lab stop`."""
    release: str = ""
    """The OpenStack release that the node for other releases has; empty when that node is not there."""
    release_complete: bool = False

    def save(self) -> None:
        RUN.mkdir(parents=True, exist_ok=True)
        partial = _RECORD.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=2) + "\n")
        partial.rename(_RECORD)

    def ours(self) -> bool:
        return _IDENTITY.is_file() and _IDENTITY.read_text() == self.id

    def dead(self) -> list[str]:
        """Nodes that should run and do not."""
        if self.boot != _boot():
            return list(self.nodes)
        return [name for name, process in self.nodes.items() if not process.alive() and name not in self.stopped]


def read() -> Record | None:
    """The record, or nothing if there is none that can be read."""
    try:
        value = json.loads(_RECORD.read_text())
        value["nodes"] = {name: Process(*pair) for name, pair in value["nodes"].items()}
        return Record(**value)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def new() -> Record:
    STATE.mkdir(parents=True, exist_ok=True)
    identity = os.urandom(8).hex()
    _IDENTITY.write_text(identity)
    record = Record(id=identity, state=str(STATE), boot=_boot(), sources=sources())
    record.save()
    return record


def sources() -> str:
    """A digest of the lab's own files."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@contextmanager
def locked() -> Iterator[None]:
    """One command at a time changes the lab. `lab down` removes the file, hence the second look."""
    while True:
        RUN.mkdir(parents=True, exist_ok=True)
        lock = os.open(RUN / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                same = (RUN / "lock").stat().st_ino == os.fstat(lock).st_ino
            except FileNotFoundError:
                same = False
            if same:
                yield
                return
        finally:
            os.close(lock)
