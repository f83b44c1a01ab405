"""A visible copy of a file beside the file, such as `cinder.conf.0`: as the file was before any stack changed it.

What was before is what a destroy would give back: the file without the options that the journals of all stacks and
components name. So a copy that is asked for late says the same as one that was there from the beginning.
"""

from __future__ import annotations

import glob
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.desired import reported
from providers.errors import Refused
from providers.formats import layers
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.dialect import Dialect
from providers.formats.oslo_ini import OSLO
from providers.formats.parsed import SyntaxProblem
from providers.formats.paths import AbsolutePath
from providers.formats.record import Record
from providers.formats.wanted_options import WantedOptions
from providers.host.option_file import OptionFileRecord
from providers.journal.entry import Entry, parsed
from providers.journal.entry_steps import RemoveEntry, journalled
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

DIALECTS: dict[str, Dialect] = {"config": OSLO, "cephconf": CEPH_CONF}
"""The kinds of journal entries that speak of options in a file, each with how such a file is read."""
MOST = 10


class FileCopyDesired(OnHost):
    """A copy of a file. Where there is no file, or a stack made it, there is nothing to copy."""

    path: AbsolutePath = Field(description="The file. The copy gets the first of the names `.0` to `.9` that is free.")
    present: bool = reported(True, "False when the copy is gone.")


class FileCopyRecord(EntryRecord):
    """The copy that was made."""

    name: str = Field(description="Path of the copy.")
    digest: str = Field(description="SHA-256 of what the copy holds.")


@dataclass(frozen=True)
class FileCopyObserved:
    """The file, its copies, and what the journals say.

    Attributes:
        where: The host as messages name it.
        state: The file; none when there is none.
        numbered: What is beside the file under names that a copy may have, by path.
        owners: Kind and record of each owner of options in the file, by the path of the entry.
        entry: The journal's entry.
        others: The entries of other stacks for a copy of the same file, by the path of each entry.
        unchanged: The check that all of it is still as it was read.
    """

    where: str
    state: FileState | None
    numbered: dict[str, FileState]
    owners: dict[str, tuple[str, Record]]
    entry: Entry[FileCopyRecord] | None
    others: dict[str, Entry[FileCopyRecord]]
    unchanged: IfUnchanged | None = None

    @property
    def copy(self) -> FileState | None:
        """The copy that the journal names; none when it is gone."""
        return self.numbered.get(self.entry.record.name) if self.entry else None


class FileCopyKind(KindOnHost[FileCopyDesired, FileCopyObserved]):
    """A copy for people. Services read `*.conf`, and no run reads the copy, because the journals say more."""

    noun = "copy"
    entry_kind = "copy"
    entry_form = Entry[FileCopyRecord]
    desired = FileCopyDesired
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "the path is what is copied; give the new one a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Writes the file as it was before any stack to the first free name, with the file's owner, group and"
        " mode. Copies nothing where there was no file before. A copy of somebody else's is left alone.",
        read="Reads the file, what lies beside it, and the journals of all who own options in it.",
        update="Writes the copy again if it is gone.",
        delete="Removes the copy, unless another stack has the same one. A copy that somebody has changed stays, with a"
        " warning.",
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what}

    @override
    def title(self, desired: FileCopyDesired) -> str:
        return f"copy of {desired.path} on {desired.host}"

    @override
    def lock(self, desired: FileCopyDesired) -> str:
        return desired.path

    @override
    def read(self, desired: FileCopyDesired, machines: Machines) -> FileCopyObserved:
        host, journal, path = machines.host(desired.host), HostJournal(desired.stack), desired.path
        beside = f"{glob.escape(path)}.[0-9]"
        of_options = [journal.of_every_component(kind, path) for kind in DIALECTS]
        files = snapshot_of(host, path, patterns=[journal.everywhere(self.entry_kind, path), *of_options, beside])
        own, copies = journal.path(self.entry_kind, path), dict[str, Entry[FileCopyRecord]]()
        owners: dict[str, tuple[str, Record]] = {}
        entries = {name: state for name, state in files.files.items() if not name.startswith(path)}
        for name, state in entries.items():
            kind = name.rpartition("/")[2].partition("-")[0]
            if kind in DIALECTS:
                options = parsed(state.content or "", name, Entry[OptionFileRecord])
                owners[name] = (kind, options.record.plain())
            elif name != own:
                copies[name] = parsed(state.content or "", name, Entry[FileCopyRecord])
        return FileCopyObserved(
            host.access.where,
            files.files.get(path),
            {name: state for name, state in files.files.items() if re.fullmatch(re.escape(path) + r"\.[0-9]", name)},
            owners,
            journal.read(files.files, self.entry_kind, path, Entry[FileCopyRecord]),
            copies,
            files.unchanged,
        )

    @override
    def plan(self, desired: FileCopyDesired, observed: FileCopyObserved) -> list[Step]:
        state, text = observed.state, _before(desired, observed)
        if state is None or text is None:
            return []
        shared = next(iter(observed.others.values()), None)
        is_there = observed.copy is not None or (shared is not None and shared.record.name in observed.numbered)
        known = observed.entry or shared
        name = known.record.name if known and is_there else _free_name(desired, observed)
        made = PutFile(name, text, state.owner, state.group, state.mode, ABSENT)
        record = known.record if known and is_there else FileCopyRecord(name=name, digest=_digest(text))
        entry = Entry[FileCopyRecord](
            kind=self.entry_kind, what=desired.path, record=record, host=desired.host, finished=True
        )
        journal = HostJournal(desired.stack)
        return only_if(observed.unchanged, journalled(journal, entry, observed.entry, [] if is_there else [made]))

    @override
    def undo(self, desired: FileCopyDesired, observed: FileCopyObserved) -> Undo:
        entry, copy = observed.entry, observed.copy
        if entry is None:
            return Undo([])
        forget = RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)
        steps, warnings = list[Step](), list[str]()
        if copy and all(other.record.name != entry.record.name for other in observed.others.values()):
            if copy.digest == entry.record.digest:
                steps = [RemoveFile(entry.record.name, copy.digest)]
            else:
                warnings = [f"{observed.where}: {entry.record.name} is left: somebody has changed it"]
        return Undo(only_if(observed.unchanged, [*steps, forget]), warnings)

    @override
    def actual(self, desired: FileCopyDesired, observed: FileCopyObserved) -> dict[str, Any]:
        return {"present": observed.entry is None or observed.copy is not None}


def _free_name(desired: FileCopyDesired, observed: FileCopyObserved) -> str:
    for number in range(MOST):
        if f"{desired.path}.{number}" not in observed.numbered:
            return f"{desired.path}.{number}"
    raise Refused(
        f"{observed.where}: {desired.path}.0 to .{MOST - 1} are all there already; move one of them away, or leave"
        " visible_copies out, then run again"
    )


def _before(desired: FileCopyDesired, observed: FileCopyObserved) -> str | None:
    """Return the file's text without what the stacks have in it; none when there was no file before them."""
    if observed.state is None or observed.state.kind != "file":
        return None
    text: str | None = observed.state.content or ""
    left = dict(observed.owners)
    for name, (kind, mine) in observed.owners.items():
        del left[name]
        others = {other: theirs for other, (_, theirs) in left.items()}
        try:
            text = layers.apply(DIALECTS[kind], text, mine, others, WantedOptions(), desired.path).text
        except (SyntaxProblem, ValueError) as problem:
            raise Refused(f"{observed.where}: {problem}") from None
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
