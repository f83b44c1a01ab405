"""The record of the lab that runs on this machine, kept under /run because a machine has one lab."""

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
from lab.worlds import DEFAULT, World, find

_RECORD = RUN / "record.json"
_IDENTITY = STATE / "id"


@dataclass
class Record:
    """What is known of the lab on this machine.

    Attributes:
        id: A random text that the checkout keeps, too: a fresh clone at the same path did not start this lab.
        state: The folder .state/lab of the checkout that started the lab.
        boot: The machine's boot id when the lab started.
        sources: The digest of lab/ when the lab started, see `sources()`.
        world: The name of the world whose nodes run.
        complete: Whether every node has become ready.
        nodes: Name -> systemd-nspawn process of each node that was started.
        stopped: Names of nodes that `lab/lab stop` has switched off.
        release: The OpenStack release that the node for other releases runs; empty without that node.
        release_complete: Whether that node has become ready.
        west_complete: Whether the node with the second cluster has become ready.
    """

    id: str
    state: str
    boot: str
    sources: str
    world: str = DEFAULT.name
    complete: bool = False
    nodes: dict[str, Process] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    release: str = ""
    release_complete: bool = False
    west_complete: bool = False

    def save(self) -> None:
        """Write the record in one step, so that a kill leaves the old or the new record."""
        RUN.mkdir(parents=True, exist_ok=True)
        partial = _RECORD.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=2) + "\n")
        partial.rename(_RECORD)

    def ours(self) -> bool:
        """Return whether this checkout started the lab."""
        return _IDENTITY.is_file() and _IDENTITY.read_text() == self.id

    def dead(self) -> list[str]:
        """Return the names of nodes that should run and do not; after a reboot, of all nodes."""
        if self.boot != _boot():
            return list(self.nodes)
        return [name for name, process in self.nodes.items() if not process.alive() and name not in self.stopped]


def read() -> Record | None:
    """Return the record, or None without a readable record."""
    try:
        value = json.loads(_RECORD.read_text())
        value["nodes"] = {name: Process(*pair) for name, pair in value["nodes"].items()}
        return Record(**value)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def new(world: World) -> Record:
    """Write and return the record of a lab of this world that this checkout starts now."""
    STATE.mkdir(parents=True, exist_ok=True)
    identity = os.urandom(8).hex()
    _IDENTITY.write_text(identity)
    record = Record(id=identity, state=str(STATE), boot=_boot(), sources=sources(), world=world.name)
    record.save()
    return record


def world() -> World:
    """Return the world whose nodes run, or the default without a lab."""
    known = read()
    return find(known.world) if known else DEFAULT


def sources() -> str:
    """Return a digest of the Python files in lab/."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@contextmanager
def locked() -> Iterator[None]:
    """Hold the machine's lock, so that one command at a time changes the lab."""
    while True:
        RUN.mkdir(parents=True, exist_ok=True)
        lock = os.open(RUN / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                # `lab/lab down` removes the lock's file, and a lock on a removed file keeps nobody out.
                same = (RUN / "lock").stat().st_ino == os.fstat(lock).st_ino
            except FileNotFoundError:
                same = False
            if same:
                yield
                return
        finally:
            os.close(lock)
