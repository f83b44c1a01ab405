"""OptionFileKind: options that a stack owns in a file that is not its own.

Everything else in the file is left byte for byte. The journal keeps the earlier lines of each option. Several
components and stacks may share a file, and leave in any order (`layers.py`). An option resource is never gone; its
options are absent.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast

from pydantic import Field, field_validator
from typing_extensions import override

from providers.adoption import takes_over
from providers.errors import Refused
from providers.formats import layers, lists
from providers.formats.dialect import Dialect
from providers.formats.document import Document
from providers.formats.parsed import Option, SyntaxProblem
from providers.formats.paths import AbsolutePath
from providers.formats.record import ListRecord, OptionRecord, Record, is_empty
from providers.formats.wanted_options import WantedOptions
from providers.journal.entry import Entry, parsed
from providers.journal.entry_steps import RemoveEntry, WriteEntry
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step, only_if
from providers.reach.answers.file_state import FileState
from providers.reach.machines import Machines
from providers.reach.snapshot import snapshot_of
from providers.reach.steps import ABSENT, IfUnchanged, PutFile, RemoveFile
from providers.undo import Undo


class OptionFileDesired(OnHost):
    """Where the options go, and on whose behalf."""

    fsid: str = Field(description="The fsid of the cluster that the options speak of.")
    component: str = Field(pattern=r"^[a-z0-9_-]+$", description="Which component owns the options, such as `cinder`.")
    path: AbsolutePath = Field(description="The file.")
    sections: dict[str, dict[str, str]] = Field(default_factory=dict, description="Section -> option -> value.")
    adopt: Literal[True] | None = Field(
        None, description="Take over a file that exists: the first run only records it, and changes nothing in it."
    )

    @field_validator("sections")
    @classmethod
    def _in_order(cls, sections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Return the sections in the order in which they are written, because the engine's protocol loses it."""
        first = ("DEFAULT", "global")
        names = sorted(sections, key=lambda name: (name not in first, name))
        return {name: dict(sorted(sections[name].items())) for name in names}


class OptionFileRecord(EntryRecord):
    """What one owner has changed in a file; see `formats/record.py`."""

    file_created: bool
    options: list[OptionRecord]
    lists: list[ListRecord]
    sections: list[str]

    def plain(self) -> Record:
        """Return the record as plain JSON, which `layers` works on."""
        return cast(Record, self.model_dump())


@dataclass(frozen=True)
class OptionFileObserved:
    """The file, what the process reads after it, and what the journals say.

    Attributes:
        where: The host as messages name it.
        state: The file; None when there is none.
        entry: This owner's journal entry.
        others: The records of all other owners of the file, by the path of their entry.
        later: What the process reads after the file, first to last.
        unchanged: The check that the file, later files and the journals are still as they were read.
        second_name: Another name of the host, under which this stack manages the file already.
    """

    where: str
    state: FileState | None
    entry: Entry[OptionFileRecord] | None
    others: dict[str, Record]
    later: dict[str, FileState]
    unchanged: IfUnchanged | None = None
    second_name: str = ""

    @property
    def text(self) -> str | None:
        """The file's text; None when there is no file."""
        return None if self.state is None else self.state.content or ""

    @property
    def records(self) -> list[Record]:
        """What this owner and all other owners have in the file; owners without a record are left out."""
        return [*([self.entry.record.plain()] if self.entry else []), *self.others.values()]


D = TypeVar("D", bound=OptionFileDesired)


class OptionFileKind(KindOnHost[D, OptionFileObserved], Generic[D]):
    """What the two kinds of file have in common.

    Attributes:
        dialect: How the file is read.
    """

    dialect: ClassVar[Dialect]
    entry_form = Entry[OptionFileRecord]
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "remove the component in one run and make it with the other file in the next",
        "component": "the journal knows the options by it; keep it",
    }

    @abstractmethod
    def wanted(self, desired: D) -> WantedOptions:
        """Return the options and list items in the form that `layers` takes."""

    @abstractmethod
    def without_file(self, desired: D, where: str) -> None:
        """Raise when the file must exist already."""

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        """Return the file and the component. The fsid stays empty, because an undo asks no cluster."""
        path, _, component = entry.what.partition("#")
        return {"path": path, "component": component, "fsid": ""}

    def later_files(self, desired: D) -> list[str]:
        """Return files and folders that the process reads after this file."""
        return []

    @override
    def title(self, desired: D) -> str:
        """Return the component, the file and the host, such as `options of cinder in /etc/… on api1`."""
        return f"{self.noun} of {desired.component} in {desired.path} on {desired.host}"

    @override
    def lock(self, desired: D) -> str:
        """Return the file, because two components of one stack edit it."""
        return desired.path

    def _what(self, desired: D) -> str:
        return f"{desired.path}#{desired.component}"

    @override
    def read(self, desired: D, machines: Machines) -> OptionFileObserved:
        """Read the file, what is read after it and all owners' entries as of one moment."""
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        own = journal.path(self.entry_kind, self._what(desired))
        snapshot = snapshot_of(
            host,
            desired.path,
            patterns=[journal.of_every_component(self.entry_kind, desired.path)],
            follow=[glob for path in self.later_files(desired) for glob in (escape(path), f"{escape(path)}/*.conf")],
        )
        files = snapshot.files
        entries = {
            path: parsed(files[path].content or "", path, Entry[OptionFileRecord])
            for path in files
            if path.startswith(journal.folder.rpartition("/")[0])
        }
        machines.first_seen(desired.host, desired.path, files.get(desired.path))
        entry = entries.pop(own, None)
        other_name = entry.host if entry and entry.host in machines.settings.hosts else ""
        return OptionFileObserved(
            where=host.access.where,
            state=files.get(desired.path),
            later={
                path: state
                for path, state in files.items()
                if state.kind != "directory" and path not in entries and path not in (own, desired.path)
            },
            entry=entry,
            others={path: entry.record.plain() for path, entry in entries.items()},
            unchanged=snapshot.unchanged,
            second_name=other_name if other_name != desired.host else "",
        )

    @override
    def note_left(self, desired: D, left: Sequence[Step], machines: Machines) -> None:
        for step in left:
            if isinstance(step, PutFile) and isinstance(step.content, str):
                machines.note_pending(desired.host, step.path, step.content)

    @override
    def adoption(self, desired: D, observed: OptionFileObserved) -> list[Step] | None:
        """Record what is as wanted already, so that it is put back if somebody changes it, and leave the file alone."""
        wanted, entry = self.wanted(desired), observed.entry
        anything = bool(wanted.options or wanted.items)
        if not anything or not takes_over(desired.adopt, observed.state is not None, entry):
            return None
        if entry is None:
            there = _as_wanted(self._document(observed.where, desired.path, observed.text or ""), wanted)
            entry = self._entry(desired, observed, self._outcome(desired, observed, there).record)
            entry = entry.model_copy(update={"adopted": True})
        elif entry.host == desired.host:
            return []
        renamed = entry.model_copy(update={"host": desired.host})
        return only_if(observed.unchanged, [WriteEntry(HostJournal(desired.stack), renamed)])

    @override
    def plan(self, desired: D, observed: OptionFileObserved) -> list[Step]:
        """Return the writes that bring the options in force, behind the check that the reading is still true."""
        if observed.second_name:
            raise Refused(
                f"{observed.where}: {desired.path} is managed under the name {observed.second_name} by this stack: it"
                " is one machine under two names; use one of them in ceph-openstack:hosts, then run again"
            )
        if observed.state is None:
            self.without_file(desired, observed.where)
        outcome = self._outcome(desired, observed, self.wanted(desired))
        self._refuse_overridden(desired, observed)
        return self._steps(desired, observed, outcome)

    @override
    def undo(self, desired: D, observed: OptionFileObserved) -> Undo:
        """Return the writes that put back what was there before, as far as nobody has changed it since."""
        if observed.entry is None:
            return Undo([])
        outcome = self._outcome(desired, observed, WantedOptions())
        return Undo(
            self._steps(desired, observed, outcome), [f"{observed.where}: {warning}" for warning in outcome.warnings]
        )

    def _outcome(self, desired: D, observed: OptionFileObserved, wanted: WantedOptions) -> layers.Outcome:
        if observed.state is not None and observed.state.kind != "file":
            raise Refused(
                f"{observed.where}: {desired.path} is a {observed.state.kind}; put a plain file there, then run again"
            )
        mine = observed.entry.record.plain() if observed.entry else None
        try:
            return layers.apply(self.dialect, observed.text, mine, observed.others, wanted, desired.path)
        except (SyntaxProblem, ValueError) as problem:
            raise Refused(f"{observed.where}: {problem}") from None

    def _steps(self, desired: D, observed: OptionFileObserved, outcome: layers.Outcome) -> list[Step]:
        return only_if(observed.unchanged, self._writes(desired, observed, outcome))

    def _writes(self, desired: D, observed: OptionFileObserved, outcome: layers.Outcome) -> list[Step]:
        journal, what = HostJournal(desired.stack), self._what(desired)
        entry = self._entry(desired, observed, outcome.record)
        change: list[Step] = []
        if outcome.text != observed.text:
            digest = observed.state.digest if observed.state else ABSENT
            if outcome.text is None:
                change = [RemoveFile(desired.path, digest)]
            elif observed.state is None:
                change = [PutFile(desired.path, outcome.text, "root", "root", "0644", digest)]
            else:
                change = [PutFile(desired.path, outcome.text, if_digest=digest)]
        if is_empty(outcome.record):
            return [*change, RemoveEntry(journal, self.entry_kind, what)] if change or observed.entry else []
        if not change and entry.same(observed.entry) and observed.entry and observed.entry.host in ("", desired.host):
            return []  # the name that a host had before may be another's next
        intention = OptionFileRecord.model_validate(outcome.intent)
        intent = entry.model_copy(update={"finished": False, "record": intention})
        return [WriteEntry(journal, intent), *change, WriteEntry(journal, entry)]

    def _entry(self, desired: D, observed: OptionFileObserved, record: Record) -> Entry[OptionFileRecord]:
        return Entry[OptionFileRecord](
            kind=self.entry_kind,
            what=self._what(desired),
            finished=True,
            adopted=observed.entry is not None and observed.entry.adopted,
            record=OptionFileRecord.model_validate(record),
            host=desired.host,
        )

    def _refuse_overridden(self, desired: D, observed: OptionFileObserved) -> None:
        """Raise Refused when a later file wins. The later file's value is not quoted, because it may be a password."""
        items = [item for item in self.wanted(desired).items if not item.if_absent]
        for path, state in observed.later.items():
            if state.kind != "file":
                raise Refused(
                    f"{observed.where}: {path} is read after {desired.path} and is neither a plain file nor a link of"
                    " root's to one; put a plain file there, then run again"
                )
            document = self._document(observed.where, path, state.content or "")
            for section, option, value in _pairs(desired.sections):
                there = document.find(section, option)
                if there is not None and not self.dialect.means_same(option, value, there.value):
                    raise _overridden(observed.where, desired.path, path, there, "another value, which would win")
            for item in items:
                there = document.find(item.section, item.option)
                if there is not None and not lists.has(there.value, item.item):
                    raise _overridden(
                        observed.where, desired.path, path, there, f"a list that would win and has no {item.item}"
                    )

    @override
    def actual(self, desired: D, observed: OptionFileObserved) -> dict[str, Any]:
        """Report each option as the process would read it; an option that is absent is left out.

        A value that means what is wanted is reported as it is wanted, because its spelling is no drift.
        """
        document = self.documents(desired, observed)
        sections: dict[str, dict[str, str]] = {}
        for section, option, wanted in _pairs(desired.sections):
            value = effective(document, section, option)
            if value is not None:
                is_wanted = self.dialect.means_same(option, wanted, value)
                sections.setdefault(section, {})[option] = wanted if is_wanted else value
        return {"sections": sections}

    def documents(self, desired: D, observed: OptionFileObserved) -> list[Document]:
        """Return the file and those read after it, first to last."""
        later = {path: state.content or "" for path, state in observed.later.items() if state.kind == "file"}
        files = {desired.path: observed.text or "", **later}
        return [self._document(observed.where, path, text) for path, text in files.items()]

    def _document(self, where: str, path: str, text: str) -> Document:
        document = Document(self.dialect, text)
        try:
            _ = document.parsed
        except SyntaxProblem as problem:
            problem.path = path
            raise Refused(f"{where}: {problem}") from None
        return document


def effective(documents: list[Document], section: str, option: str) -> str | None:
    """Return the value of the last file that sets the option."""
    values = [value for document in documents if (value := document.value(section, option)) is not None]
    return values[-1] if values else None


def _as_wanted(document: Document, wanted: WantedOptions) -> WantedOptions:
    """Return the part of what is wanted that the file has already."""
    options = {
        section: {option: value for option, value in named.items() if _is_value(document, section, option, value)}
        for section, named in wanted.options.items()
    }
    items = [item for item in wanted.items if lists.has(document.value(item.section, item.option), item.item)]
    return WantedOptions(options, items)


def _is_value(document: Document, section: str, option: str, wanted: str) -> bool:
    there = document.value(section, option)
    return there is not None and document.dialect.means_same(option, wanted, there)


def _overridden(where: str, path: str, later: str, there: Option, what: str) -> Refused:
    return Refused(
        f"{where}: {later}: line {there.first + 1} is read after {path} and sets [{there.section.name}] {there.name} to"
        f" {what}; remove that line, or name it in `unmanaged_options` to leave it as it is, then run again"
    )


def _pairs(sections: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(section, option, value) for section, options in sections.items() for option, value in options.items()]
