"""A small file that is the stack's own as a whole, such as the list of a repository. Somebody else's is refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.errors import Refused
from providers.formats.paths import AbsolutePath
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, WriteEntry
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step, only_if
from providers.reach.answers.file_state import FileState
from providers.reach.machines import Machines
from providers.reach.snapshot import snapshot_of
from providers.reach.steps import ABSENT, IfUnchanged, PutFile, RemoveFile
from providers.undo import Undo


class WholeFileDesired(OnHost):
    """A file of root's (0644), whose text nobody else changes."""

    path: AbsolutePath = Field(description="The file; its folder must exist.")
    content: str = Field(description="The whole text.")


class WholeFileRecord(EntryRecord):
    """What the stack wrote."""

    digests: list[str] = Field(
        description="SHA-256 of the text in the file; of two texts after a run that was cut off."
    )
    found: bool = Field(False, description="Whether the file was there with this very text before the stack.")


@dataclass(frozen=True)
class WholeFileObserved:
    """The file, and what the journal says.

    Attributes:
        where: The host as messages name it.
        state: The file; none when there is none.
        entry: The journal's entry.
        unchanged: The check that both are still as they were read.
    """

    where: str
    state: FileState | None
    entry: Entry[WholeFileRecord] | None
    unchanged: IfUnchanged | None = None

    @property
    def text(self) -> str:
        """The file's text; empty when there is no plain file."""
        return (self.state.content or "") if self.state and self.state.kind == "file" else ""


class WholeFileKind(KindOnHost[WholeFileDesired, WholeFileObserved]):
    """A file that only the stack writes."""

    noun = "file"
    entry_kind = "file"
    entry_form = Entry[WholeFileRecord]
    desired = WholeFileDesired
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "the path is what is managed; give the new one a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Writes the file (root, 0644). A file that is there with another text is refused; one with this"
        " very text is only recorded.",
        read="Reads the file.",
        update="Writes the new text.",
        delete="Removes the file, unless it was there before the stack, or somebody has changed it since.",
        drift={"content": "the file's text; empty when it is gone"},
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what, "content": ""}

    @override
    def title(self, desired: WholeFileDesired) -> str:
        return f"file {desired.path} on {desired.host}"

    @override
    def lock(self, desired: WholeFileDesired) -> str:
        return desired.path

    @override
    def read(self, desired: WholeFileDesired, machines: Machines) -> WholeFileObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        snapshot = snapshot_of(host, desired.path, patterns=[journal.path(self.entry_kind, desired.path)])
        entry = journal.read(snapshot.files, self.entry_kind, desired.path, Entry[WholeFileRecord])
        return WholeFileObserved(host.access.where, snapshot.files.get(desired.path), entry, snapshot.unchanged)

    @override
    def plan(self, desired: WholeFileDesired, observed: WholeFileObserved) -> list[Step]:
        state, before = observed.state, observed.entry
        if state is not None and state.kind != "file":
            raise Refused(f"{observed.where}: {desired.path} is a {state.kind}; move it away, then run again")
        right = observed.text == desired.content
        if state is not None and before is None and not right:
            raise Refused(
                f"{observed.where}: {desired.path} is there already and says something else; move it away, or choose"
                " another name, then run again"
            )
        wanted, found = [_digest(desired.content)], before.record.found if before else state is not None
        record = WholeFileRecord(digests=wanted, found=found)
        entry = Entry[WholeFileRecord](
            kind=self.entry_kind, what=desired.path, record=record, host=desired.host, finished=True
        )
        if right and entry.same(before):
            return []
        put: list[Step] = []
        if state is None:
            put = [PutFile(desired.path, desired.content, "root", "root", "0644", ABSENT)]
        elif not right:
            put = [PutFile(desired.path, desired.content, if_digest=state.digest)]
        # A run that is cut off leaves either text in the file.
        either = sorted({*wanted, *(before.record.digests if before else ())})
        intent = entry.with_record(digests=either).model_copy(update={"finished": False})
        journal = HostJournal(desired.stack)
        return only_if(observed.unchanged, [WriteEntry(journal, intent), *put, WriteEntry(journal, entry)])

    @override
    def undo(self, desired: WholeFileDesired, observed: WholeFileObserved) -> Undo:
        entry, state = observed.entry, observed.state
        if entry is None:
            return Undo([])
        forget = RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)
        steps, warnings = list[Step](), list[str]()
        if state is not None and not entry.record.found:
            if state.kind == "file" and _digest(observed.text) in entry.record.digests:
                steps = [RemoveFile(desired.path, state.digest)]
            else:
                warnings = [f"{observed.where}: {desired.path} is left: somebody has changed it"]
        return Undo(only_if(observed.unchanged, [*steps, forget]), warnings)

    @override
    def actual(self, desired: WholeFileDesired, observed: WholeFileObserved) -> dict[str, Any]:
        return {"content": observed.text}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
