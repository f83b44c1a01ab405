"""The SELinux type of a file, and the rule by which `restorecon` keeps the type.

A host without SELinux is left alone. No host with SELinux was ever wired: the commands are rendered, and simulated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.errors import Refused
from providers.formats.names import SelinuxType
from providers.formats.paths import AbsolutePath
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.host_journal import HostJournal
from providers.journal.kept_values import with_value
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step
from providers.reach.answers.selinux_state import SelinuxState, type_of
from providers.reach.machines import Machines
from providers.reach.steps import Run
from providers.undo import Undo


class FileLabelDesired(OnHost):
    """The type of a file that is there."""

    path: AbsolutePath = Field(description="The file.")
    selinux_type: SelinuxType = Field(description="The type, such as `etc_t`.")


class FileLabelRecord(EntryRecord):
    """What was there before us."""

    before: str = Field("", description="The file's type before us.")
    set: list[str] = Field(default_factory=list, description="The types that we set, the newest last.")
    rules: list[str] = Field(default_factory=list, description="The types of rules that we added, the newest last.")


@dataclass(frozen=True)
class FileLabelObserved:
    """The file's label.

    Attributes:
        where: The host as messages name it.
        state: The label, and what the policy says.
        entry: The journal's entry.
    """

    where: str
    state: SelinuxState
    entry: Entry[FileLabelRecord] | None

    @property
    def type(self) -> str:
        """The file's type; empty where there is no file, or no SELinux."""
        return type_of(self.state.label)


class FileLabelKind(KindOnHost[FileLabelDesired, FileLabelObserved]):
    """The type of a file: by a rule and `restorecon` where there is semanage, else by `chcon`."""

    noun = "label"
    entry_kind = "label"
    entry_form = Entry[FileLabelRecord]
    desired = FileLabelDesired
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "the path is what is managed; give the new one a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Gives the file the type. Where there is semanage, and the policy has another type for the path, a rule"
        " is added first, so that the type survives a relabelling. A host without SELinux is left alone. Refuses a path"
        " for which somebody else has a rule with another type.",
        read="Reads the file's label, and asks the policy.",
        update="Gives the file the type again, and changes the rule.",
        delete="Takes the rule away, and gives the file its earlier type, unless somebody has set another one since.",
        drift={"selinux_type": "the file's"},
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what, "selinux_type": entry.record.set[-1] if entry.record.set else "etc_t"}

    @override
    def title(self, desired: FileLabelDesired) -> str:
        return f"label of {desired.path} on {desired.host}"

    @override
    def read(self, desired: FileLabelDesired, machines: Machines) -> FileLabelObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        files = host.read_files([journal.path(self.entry_kind, desired.path)])
        entry = journal.read(files, self.entry_kind, desired.path, Entry[FileLabelRecord])
        return FileLabelObserved(host.access.where, host.selinux_state(desired.path), entry)

    @override
    def plan(self, desired: FileLabelDesired, observed: FileLabelObserved) -> list[Step]:
        if not observed.type:
            return []
        record = observed.entry.record if observed.entry else FileLabelRecord(before=observed.type)
        steps, rules = self._steps(desired, observed, record)
        if not steps and observed.entry is None:
            return []  # nothing was changed, so there is nothing to put back
        record = record.changed(rules=rules, set=with_value(record.set, desired.selinux_type))
        entry = Entry[FileLabelRecord](
            kind=self.entry_kind, what=desired.path, record=record, host=desired.host, finished=True
        )
        return journalled(HostJournal(desired.stack), entry, observed.entry, steps)

    @staticmethod
    def _steps(
        desired: FileLabelDesired, observed: FileLabelObserved, record: FileLabelRecord
    ) -> tuple[list[Step], list[str]]:
        """Return the steps, and the types of rules that are ours after them."""
        wanted, pattern = desired.selinux_type, _pattern(desired.path)
        there, policy = observed.state.rule_for(pattern), type_of(observed.state.policy)
        steps, rules = list[Step](), record.rules
        if observed.state.rules is not None and wanted not in (policy, there):
            if there and there not in record.rules:
                raise Refused(
                    f"{observed.where}: semanage has a rule of somebody else's for {desired.path}, with type {there};"
                    " take it out, or set cluster.selinux_type to that type, then run again"
                )
            steps.append(Run(("semanage", "fcontext", "--modify" if there else "--add", "--type", wanted, pattern)))
            rules, there = with_value(record.rules, wanted), wanted
        if observed.type != wanted:
            by_policy = wanted in (policy, there)
            steps.append(
                Run(("restorecon", desired.path)) if by_policy else Run(("chcon", "--type", wanted, desired.path))
            )
        return steps, rules

    @override
    def undo(self, desired: FileLabelDesired, observed: FileLabelObserved) -> Undo:
        entry, pattern, steps = observed.entry, _pattern(desired.path), list[Step]()
        if entry is None:
            return Undo([])
        record, there = entry.record, observed.state.rule_for(pattern)
        if there in record.rules:
            steps.append(Run(("semanage", "fcontext", "--delete", pattern)))
        if observed.type and record.before and observed.type != record.before and observed.type in record.set:
            steps.append(Run(("chcon", "--type", record.before, desired.path)))
        return Undo([*steps, RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)])

    @override
    def actual(self, desired: FileLabelDesired, observed: FileLabelObserved) -> dict[str, Any]:
        return {"selinux_type": observed.type or desired.selinux_type}


def _pattern(path: str) -> str:
    """Return the regular expression that a rule has for a path."""
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", path)
