"""Lines that a stack owns in a file of rules, such as one of systemd-tmpfiles or AppArmor. Other lines are left alone.

Several stacks may own the same line. The last of them to leave takes it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from typing_extensions import override

from providers.errors import Refused
from providers.formats.keyed import FROM_KEYS, TO_KEYS, as_keys
from providers.formats.paths import AbsolutePath
from providers.formats.text_lines import with_lines, without_lines
from providers.journal.entry import Entry, parsed
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


def _plain(lines: list[str]) -> list[str]:
    for line in lines:
        if not line.strip() or any(ord(character) < 32 or ord(character) == 127 for character in line):
            raise ValueError("must be lines of text without control characters, none of them empty")
    return sorted(lines)


class FileLinesDesired(OnHost):
    """Lines of a file whose order means nothing. A missing file is made (root, 0644)."""

    path: AbsolutePath = Field(description="The file; its folder must exist.")
    lines: Annotated[list[str], FROM_KEYS, AfterValidator(_plain), TO_KEYS] = Field(
        default_factory=list, description="The lines."
    )


class FileLinesRecord(EntryRecord):
    """What a stack has changed in the file."""

    lines: list[str] = Field(default_factory=list, description="The lines that were not there before any stack.")
    file_created: bool = Field(False, description="Whether there was no file before any stack.")
    unended: bool = Field(False, description="Whether the last line of before had no end.")


@dataclass(frozen=True)
class FileLinesObserved:
    """The file, and what the journals say.

    Attributes:
        where: The host as messages name it.
        state: The file; none when there is none.
        entry: The journal's entry.
        others: The entries of other stacks for the same file, by the path of each entry.
        unchanged: The check that the file and the journals are still as they were read.
    """

    where: str
    state: FileState | None
    entry: Entry[FileLinesRecord] | None
    others: dict[str, Entry[FileLinesRecord]]
    unchanged: IfUnchanged | None = None

    @property
    def text(self) -> str:
        """The file's text; empty when there is no file."""
        return "" if self.state is None else self.state.content or ""

    @property
    def mine(self) -> list[str]:
        """The lines that this stack owns."""
        return self.entry.record.lines if self.entry else []

    @property
    def unended(self) -> bool:
        """Whether the last line had no end before any stack."""
        return any(entry.record.unended for entry in (self.entry, *self.others.values()) if entry)

    @property
    def of_others(self) -> set[str]:
        """The lines that other stacks own."""
        return {line for other in self.others.values() for line in other.record.lines}


class FileLinesKind(KindOnHost[FileLinesDesired, FileLinesObserved]):
    """Lines in a file that is not the stack's own."""

    noun = "lines"
    entry_kind = "lines"
    entry_form = Entry[FileLinesRecord]
    desired = FileLinesDesired
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "the path is what is managed; give the new one a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Writes the lines that are missing to the end of the file, and leaves everything else in it byte for"
        " byte; a file that is not there is made (root, 0644). No program is told to read the file again.",
        read="Reads the file, and the journals of all its owners.",
        update="Writes the lines that are missing, and takes out those that are no longer given.",
        delete="Takes out the lines that were not there before any stack and that no other stack has, and removes a"
        " file that a stack made when it is empty. A line that somebody has changed since stays.",
        drift={"lines": "those of the lines that are in the file"},
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what}

    @override
    def title(self, desired: FileLinesDesired) -> str:
        return f"lines of {desired.path} on {desired.host}"

    @override
    def read(self, desired: FileLinesDesired, machines: Machines) -> FileLinesObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        own = journal.path(self.entry_kind, desired.path)
        snapshot = snapshot_of(host, desired.path, patterns=[journal.everywhere(self.entry_kind, desired.path)])
        others = {
            path: parsed(state.content or "", path, Entry[FileLinesRecord])
            for path, state in snapshot.files.items()
            if path not in (own, desired.path)
        }
        return FileLinesObserved(
            host.access.where,
            snapshot.files.get(desired.path),
            journal.read(snapshot.files, self.entry_kind, desired.path, Entry[FileLinesRecord]),
            others,
            snapshot.unchanged,
        )

    @override
    def plan(self, desired: FileLinesDesired, observed: FileLinesObserved) -> list[Step]:
        self._refuse_other_kinds(desired, observed)
        before, gone = observed.entry, {*observed.mine} - {*desired.lines} - observed.of_others
        stays = bool({*observed.mine} & {*desired.lines} or observed.others)
        kept = without_lines(observed.text, gone, observed.unended and not stays)
        text, ends_it = with_lines(kept, desired.lines)
        unended = ends_it or (observed.unended and stays)
        there = observed.text.split("\n")
        ours = [
            line for line in desired.lines if line in observed.mine or line in observed.of_others or line not in there
        ]
        record = FileLinesRecord(lines=ours, file_created=self._made_by_us(observed), unended=unended)
        entry = Entry[FileLinesRecord](
            kind=self.entry_kind, what=desired.path, finished=True, record=record, host=desired.host
        )
        if text == observed.text and observed.state is not None and entry.same(before):
            return []
        change: list[Step] = []
        if observed.state is None:
            change = [PutFile(desired.path, text, "root", "root", "0644", ABSENT)]
        elif text != observed.text:
            change = [PutFile(desired.path, text, if_digest=observed.state.digest)]
        # A run that is cut off leaves either set of lines in the file.
        both = sorted({*observed.mine, *ours})
        intent = entry.with_record(lines=both).model_copy(update={"finished": False})
        journal = HostJournal(desired.stack)
        return only_if(observed.unchanged, [WriteEntry(journal, intent), *change, WriteEntry(journal, entry)])

    @staticmethod
    def _made_by_us(observed: FileLinesObserved) -> bool:
        """Return whether there was no file before any stack. A second stack takes this from the first one's entry."""
        if observed.entry is not None:
            return observed.entry.record.file_created
        for other in observed.others.values():
            return other.record.file_created
        return observed.state is None

    @staticmethod
    def _refuse_other_kinds(desired: FileLinesDesired, observed: FileLinesObserved) -> None:
        if observed.state is not None and observed.state.kind != "file":
            raise Refused(
                f"{observed.where}: {desired.path} is a {observed.state.kind}; put a plain file there, then run again"
            )

    @override
    def undo(self, desired: FileLinesDesired, observed: FileLinesObserved) -> Undo:
        entry, state = observed.entry, observed.state
        if entry is None:
            return Undo([])
        forget = RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)
        if state is None or state.kind != "file":
            kind = "gone" if state is None else f"a {state.kind}"
            warnings = [f"{observed.where}: {desired.path} is left as it is: it is {kind}"] if state else []
            return Undo(only_if(observed.unchanged, [forget]), warnings)
        ours = {*entry.record.lines} - observed.of_others
        text = without_lines(observed.text, ours, observed.unended)
        steps: list[Step] = [PutFile(desired.path, text, if_digest=state.digest)] if text != observed.text else []
        if not text and entry.record.file_created and not observed.others:
            steps = [RemoveFile(desired.path, state.digest)]
        return Undo(only_if(observed.unchanged, [*steps, forget]))

    @override
    def actual(self, desired: FileLinesDesired, observed: FileLinesObserved) -> dict[str, Any]:
        there = observed.text.split("\n")
        return {"lines": as_keys(line for line in desired.lines if line in there)}
