"""A directory on a host, with owner, group and mode. Parents are not made.

A link that an operator made in the directory's place, such as a linked /etc/ceph, is followed to the directory.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from providers.adoption import takes_over
from providers.desired import reported
from providers.errors import Refused
from providers.formats.paths import AbsolutePath, Mode
from providers.host.attributes import ATTRIBUTES, attributes, to_put_back
from providers.journal.entry import Entry, parsed
from providers.journal.entry_steps import RemoveEntry, WriteEntry, journalled
from providers.journal.host_journal import HostJournal
from providers.journal.kept_values import with_values
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step, only_if
from providers.reach.answers.file_state import FileState
from providers.reach.machines import Machines
from providers.reach.snapshot import snapshot_of
from providers.reach.steps import IfUnchanged, MakeDirectory, RemoveDirectory, SetAttributes
from providers.undo import Undo

IN_THE_WAY = {
    "file": "a file, not a folder",
    "symlink": "a link that is not root's, or leads to no folder",
    "other": "neither file nor folder",
}


class DirectoryDesired(OnHost):
    """A directory. A directory that exists is shared: only its owner, group and mode are kept in line."""

    path: AbsolutePath = Field(description="Absolute path; its parent must exist.")
    owner: str = Field("root", min_length=1, description="User who owns it.")
    group: str = Field("root", min_length=1, description="Group that owns it.")
    mode: Mode = Field("0755", description="Octal mode.")
    adopt: Literal[True] | None = Field(
        None, description="Take over a directory that exists: the first run only records it."
    )
    present: bool = reported(True, "False when there is no such directory.")


class DirectoryRecord(EntryRecord):
    """What was there before any stack, and the attributes that we set."""

    before: dict[str, str] | None = Field(description="Owner, group and mode before any stack; none: no directory.")
    set: dict[str, list[str]] = Field(default_factory=dict, description="Attributes that we set, the newest last.")


@dataclass(frozen=True)
class DirectoryObserved:
    """What is at the path.

    Attributes:
        where: The host as messages name it.
        state: What is there; none when there is nothing.
        entry: The journal's entry.
        others: The entries of other stacks for the same path, by the path of each entry.
        unchanged: The check that the directory and the journals are still as they were read.
    """

    where: str
    state: FileState | None
    entry: Entry[DirectoryRecord] | None
    others: dict[str, Entry[DirectoryRecord]]
    unchanged: IfUnchanged | None = None


class DirectoryKind(KindOnHost[DirectoryDesired, DirectoryObserved]):
    """A directory that stacks may share. The last stack to leave puts back what was there before the first."""

    noun = "directory"
    entry_kind = "directory"
    entry_form = Entry[DirectoryRecord]
    desired = DirectoryDesired
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "the path is what is managed; give the new one a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Makes the directory, or gives one that exists this owner, group and mode. Refuses to take one from"
        " another user for a user that is not root. With `adopt` the first run only records one that exists.",
        read="Asks for what is at the path.",
        update="Makes the directory if it is gone, and sets owner, group and mode.",
        delete="The last stack to leave puts back owner, group and mode of before the first, or removes a directory"
        " that was not there before and is empty.",
        drift=dict.fromkeys(ATTRIBUTES, "the directory's"),
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what}

    @override
    def title(self, desired: DirectoryDesired) -> str:
        return f"directory {desired.path} on {desired.host}"

    @override
    def read(self, desired: DirectoryDesired, machines: Machines) -> DirectoryObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        entries, itself = journal.everywhere(self.entry_kind, desired.path), glob.escape(desired.path)
        snapshot = snapshot_of(host, desired.path, patterns=[entries], follow=[itself])
        files = snapshot.files
        own, name = (
            journal.path(self.entry_kind, desired.path),
            journal.path(self.entry_kind, desired.path).rpartition("/")[2],
        )
        others = {
            path: parsed(state.content or "", path, Entry[DirectoryRecord])
            for path, state in files.items()
            if path not in (own, desired.path) and path.endswith(f"/{name}")
        }
        return DirectoryObserved(
            host.access.where,
            files.get(desired.path),
            journal.read(files, self.entry_kind, desired.path, Entry[DirectoryRecord]),
            others,
            snapshot.unchanged,
        )

    @override
    def adoption(self, desired: DirectoryDesired, observed: DirectoryObserved) -> list[Step] | None:
        there = observed.state is not None and observed.state.kind == "directory"
        if not takes_over(desired.adopt, there, observed.entry):
            return None
        entry = self._entry(desired, observed).model_copy(update={"adopted": True, "finished": True})
        unwritten = not entry.same(observed.entry)
        return only_if(observed.unchanged, [WriteEntry(HostJournal(desired.stack), entry)] if unwritten else [])

    def _entry(self, desired: DirectoryDesired, observed: DirectoryObserved) -> Entry[DirectoryRecord]:
        entry = observed.entry or Entry[DirectoryRecord](
            kind=self.entry_kind, what=desired.path, record=DirectoryRecord(before=self._before(observed))
        )
        entry = entry.model_copy(update={"host": desired.host})
        return entry.with_record(set=with_values(entry.record.set, _wanted(desired)))

    @override
    def plan(self, desired: DirectoryDesired, observed: DirectoryObserved) -> list[Step]:
        state, steps = observed.state, list[Step]()
        if state is None:
            steps = [MakeDirectory(desired.path, desired.owner, desired.group, desired.mode)]
        elif state.kind != "directory":
            raise Refused(
                f"{observed.where}: {desired.path} is {IN_THE_WAY[state.kind]}; move it away or name another path"
            )
        elif attributes(state) != _wanted(desired):
            self._refuse_taking(desired, observed, state)
            steps = [SetAttributes(desired.path, **_wanted(desired))]
        entry = self._entry(desired, observed)
        return only_if(observed.unchanged, journalled(HostJournal(desired.stack), entry, observed.entry, steps))

    @staticmethod
    def _refuse_taking(desired: DirectoryDesired, observed: DirectoryObserved, state: FileState) -> None:
        """Raise Refused rather than give a service's user a folder that others use, such as /var/log."""
        foreign = observed.entry is None and not observed.others
        if foreign and desired.owner not in ("root", state.owner):
            raise Refused(
                f"{observed.where}: {desired.path} exists and belongs to {state.owner}; giving it to {desired.owner}"
                " would harm who uses it: name a folder of its own, then run again"
            )

    @override
    def undo(self, desired: DirectoryDesired, observed: DirectoryObserved) -> Undo:
        if observed.entry is None:
            return Undo([])
        forget = RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)
        state, warnings = observed.state, list[str]()
        if state is not None and state.kind != "directory":
            warnings = [f"{observed.where}: {desired.path} is left: it is {IN_THE_WAY[state.kind]}"]
        return Undo(only_if(observed.unchanged, [*self._back(desired, observed, observed.entry), forget]), warnings)

    @staticmethod
    def _back(desired: DirectoryDesired, observed: DirectoryObserved, entry: Entry[DirectoryRecord]) -> list[Step]:
        if observed.state is None or observed.state.kind != "directory":
            return []
        # The last stack to leave puts back what was there before the first stack. Until then the directory is as the
        # other stacks want it.
        back = next((_last(other) for other in observed.others.values()), entry.record.before)
        if back is None:
            return [RemoveDirectory(desired.path)]
        changed = to_put_back(back, attributes(observed.state), entry.record.set)
        return [SetAttributes(desired.path, **changed)] if changed else []

    @staticmethod
    def _before(observed: DirectoryObserved) -> dict[str, str] | None:
        """Return what was there before any stack. A second stack takes this from the entry of the first stack."""
        for other in observed.others.values():
            return other.record.before
        return None if observed.state is None else attributes(observed.state)

    @override
    def actual(self, desired: DirectoryDesired, observed: DirectoryObserved) -> dict[str, Any]:
        state = observed.state
        return (
            {"present": False} if state is None or state.kind != "directory" else {"present": True, **attributes(state)}
        )


def _wanted(desired: DirectoryDesired) -> dict[str, str]:
    return {name: getattr(desired, name) for name in ATTRIBUTES}


def _last(entry: Entry[DirectoryRecord]) -> dict[str, str]:
    return {name: values[-1] for name, values in entry.record.set.items()}
