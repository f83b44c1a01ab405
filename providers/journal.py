"""The journal: what was there before us, kept where we changed it, written in the same agent call and before the change.

On a host it is a folder per stack, `/var/lib/ceph-openstack/<stack>/`, one JSON file per thing; in a cluster it is `config-key`
entries `ceph-openstack/<stack>/<kind>/<name>`. An entry that is not `finished` marks a change that was cut off: the next run
recognises the thing as ours and still knows its true earlier value. An entry holds no key.
"""

from __future__ import annotations

import getpass
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers.errors import UnexpectedOutput
from providers.plan import Step
from providers.reach.answers.file_state import FileState
from providers.reach.cluster import CLUSTER_PREFIX
from providers.reach.steps import HostStep, JournalStep, MakeDirectory, PutFile, RemoveDirectory, RemoveFile, mon

FOLDER = "/var/lib/ceph-openstack"


@cache
def author() -> str:
    """Return who runs Pulumi, for the log that the journal also is."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return "unknown"


class Entry(BaseModel):
    """One thing that a stack changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: str = Field(description="What kind of thing, such as `pool` or `config`.")
    what: str = Field(description="Which one: a pool's name, an entity, a path, a UUID.")
    finished: bool = Field(False, description="False from just before the change until just after it.")
    adopted: bool = Field(
        False, description="It was there before us and was taken over; a deletion leaves it standing."
    )
    record: dict[str, Any] = Field(
        default_factory=dict, description="The earlier state and ours, as the kind needs them."
    )
    by: str = ""
    at: str = ""

    def text(self) -> str:
        stamp = {"by": author(), "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({**self.model_dump(), **stamp}, indent=1, sort_keys=True) + "\n"

    def same(self, other: Entry | None) -> bool:
        """Whether the other says the same, whoever wrote it and when."""
        stamps = {"by", "at"}
        return other is not None and self.model_dump(exclude=stamps) == other.model_dump(exclude=stamps)


def parsed(text: str, where: str) -> Entry:
    try:
        return Entry.model_validate_json(text)
    except ValidationError:
        raise UnexpectedOutput(
            f"{where}: not a journal entry that this version reads; restore or remove it, then run again"
        ) from None


@dataclass(frozen=True)
class HostJournal:
    """The entries of one stack on one host, as paths and steps."""

    stack: str

    @property
    def folder(self) -> str:
        """Folder of the stack's entries."""
        return f"{FOLDER}/{quote(self.stack, safe='')}"

    def path(self, kind: str, what: str) -> str:
        return f"{self.folder}/{kind}-{quote(what, safe='')}.json"

    @staticmethod
    def everywhere(kind: str, what: str) -> str:
        """Return the glob that matches the entries of every stack (and component: `what` may go on) for one thing."""
        return f"{FOLDER}/*/{kind}-{quote(what, safe='')}*.json"

    def read(self, files: dict[str, FileState], kind: str, what: str) -> Entry | None:
        path = self.path(kind, what)
        state = files.get(path)
        return None if state is None else parsed(state.content or "", path)

    def writing(self, entry: Entry) -> list[HostStep]:
        """Return the host's steps that write the entry."""
        return [
            MakeDirectory(FOLDER, mode="0700"),
            MakeDirectory(self.folder, mode="0700"),
            PutFile(self.path(entry.kind, entry.what), entry.text(), "root", "root", "0600"),
        ]

    def removing(self, kind: str, what: str) -> list[HostStep]:
        """Return the host's steps that remove the entry, and the folders when it was the last."""
        return [RemoveFile(self.path(kind, what)), *self.removing_folders()]

    def removing_folders(self) -> list[HostStep]:
        """Return the host's steps that remove the folders when the last entry has gone."""
        return [RemoveDirectory(self.folder), RemoveDirectory(FOLDER)]


@dataclass(frozen=True)
class ClusterJournal:
    """The entries of one stack in the cluster's own key-value store."""

    stack: str

    @property
    def prefix(self) -> str:
        """What the keys of the stack's entries begin with."""
        return f"{CLUSTER_PREFIX}/{quote(self.stack, safe='')}"

    def key(self, kind: str, what: str) -> str:
        return f"{self.prefix}/{kind}/{what}"

    def read(self, entries: dict[str, str], kind: str, what: str) -> Entry | None:
        key = self.key(kind, what)
        return parsed(entries[key], f"config-key {key}") if key in entries else None

    def writing(self, entry: Entry) -> list[HostStep]:
        """Return the admin host's step that writes the entry."""
        return [mon("config-key set", key=self.key(entry.kind, entry.what), val=entry.text())]

    def removing(self, kind: str, what: str) -> list[HostStep]:
        """Return the admin host's step that removes the entry."""
        return [mon("config-key rm", key=self.key(kind, what), accept=("ENOENT",))]


Journal = HostJournal | ClusterJournal


@dataclass(frozen=True)
class WriteEntry(JournalStep):
    """Write an entry of the journal."""

    journal: Journal
    entry: Entry

    def steps(self) -> list[HostStep]:
        return self.journal.writing(self.entry)

    def __str__(self) -> str:
        return "journal: written"


@dataclass(frozen=True)
class RemoveEntry(JournalStep):
    """Remove an entry of the journal; one that is gone already is fine."""

    journal: Journal
    kind: str
    what: str

    def steps(self) -> list[HostStep]:
        return self.journal.removing(self.kind, self.what)

    def __str__(self) -> str:
        return "journal: removed"


@dataclass(frozen=True)
class RemoveFolders(JournalStep):
    """Remove the folders of a host's journal when they are empty."""

    journal: HostJournal

    def steps(self) -> list[HostStep]:
        return self.journal.removing_folders()

    def __str__(self) -> str:
        return "journal: empty folders removed"


VALUES_KEPT = 5


def with_values(known: dict[str, list[Any]], given: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the values that we set, the newest last: after a cut the thing may still have the one before."""
    return {**known, **{name: _with_value(known.get(name, []), value) for name, value in given.items()}}


def _with_value(known: list[Any], value: Any) -> list[Any]:
    return [*(one for one in known if one != value), value][-VALUES_KEPT:]


def journalled(
    journal: Journal,
    entry: Entry,
    present: Entry | None,
    steps: list[Step],
    finished: Entry | None = None,
) -> list[Step]:
    """Return the steps with the entry written before (unfinished) and after them; nothing when there is nothing to do.

    finished -- what the entry is once they are done, where that is less
    """
    done = (finished or entry).model_copy(update={"finished": True})
    if not steps and done.same(present):
        return []
    intent = entry.model_copy(update={"finished": False})
    return [WriteEntry(journal, intent), *steps, WriteEntry(journal, done)]
