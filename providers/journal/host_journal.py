"""HostJournal: the entries of one stack on one host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from typing_extensions import override

from providers.journal.entry import E, Entry, parsed
from providers.reach.answers.file_state import FileState
from providers.reach.steps import HostStep, JournalStep, MakeDirectory, PutFile, RemoveDirectory, RemoveFile

FOLDER = "/var/lib/ceph-openstack"


@dataclass(frozen=True)
class HostJournal:
    """The entries of one stack on one host, as paths and steps."""

    stack: str

    @property
    def folder(self) -> str:
        """Folder of the stack's entries."""
        return f"{FOLDER}/{quote(self.stack, safe='')}"

    def path(self, kind: str, what: str) -> str:
        """Return the path of an entry."""
        return f"{self.folder}/{kind}-{quote(what, safe='')}.json"

    @staticmethod
    def stack_of(path: str) -> str:
        """Return the stack whose entry lies at the path."""
        return unquote(path.rsplit("/", 2)[1])

    @staticmethod
    def everywhere(kind: str, what: str) -> str:
        """Return the glob of every stack's entries for one thing, and for no thing whose name begins alike."""
        return f"{FOLDER}/*/{kind}-{quote(what, safe='')}.json"

    @staticmethod
    def of_every_component(kind: str, path: str) -> str:
        """Return the glob that matches the entries of every stack and component for one file."""
        return f"{FOLDER}/*/{kind}-{quote(path + '#', safe='')}*.json"

    def read(self, files: dict[str, FileState], kind: str, what: str, form: type[E]) -> E | None:
        """Return the entry for a thing, None when there is none."""
        path = self.path(kind, what)
        state = files.get(path)
        return None if state is None else parsed(state.content or "", path, form)

    def writing(self, entry: Entry[Any]) -> list[HostStep]:
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
class RemoveFolders(JournalStep):
    """Remove the folders of a host's journal when they are empty."""

    journal: HostJournal

    @override
    def steps(self) -> list[HostStep]:
        return self.journal.removing_folders()

    def __str__(self) -> str:
        return "journal: empty folders removed"
