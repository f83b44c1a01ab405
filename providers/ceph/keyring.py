"""A keyring file on a host: one entity's key, for the service user that reads it. The key goes from agent to agent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.readable_key import why_unreadable
from providers.desired import reported
from providers.errors import Refused
from providers.formats.ceph_conf import CephConfSyntaxError
from providers.formats.keyring import has_entity, keyring_text, keys_in, with_key, without_added
from providers.formats.line_edit import LineEdit
from providers.formats.names import Entity, Uuid
from providers.formats.paths import AbsolutePath, Mode
from providers.host.attributes import ATTRIBUTES, attributes, to_put_back
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.host_journal import HostJournal
from providers.journal.kept_values import with_value, with_values
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_host import KindOnHost, OnHost
from providers.plan import Step, only_if, shown
from providers.reach.answers.file_state import FileState
from providers.reach.machines import Machines
from providers.reach.snapshot import Snapshot, snapshot_of
from providers.reach.steps import (
    ABSENT,
    Content,
    IfUnchanged,
    KeyOf,
    KeySource,
    PutFile,
    PutLines,
    RemoveFile,
    SetAttributes,
)
from providers.undo import Undo, leave_foreign

PLACEHOLDER = "sha256:" + "0" * 64
NO_FILE = {"directory": "a folder", "symlink": "a link", "other": "neither file nor folder"}


class KeyringDesired(OnHost):
    """A file that holds an entity's current key, and perhaps other entities' keys."""

    fsid: Uuid = Field(description="The fsid of the cluster that made the key.")
    entity: Entity = Field(description="Entity whose key the file holds: `client.` and the user's name.")
    path: AbsolutePath = Field(description="Where librados looks: `/etc/ceph/<cluster>.<entity>.keyring`.")
    owner: str = Field(min_length=1, description="The service's user.")
    group: str = Field(min_length=1, description="The service's group.")
    mode: Mode = Field("0640", description="Octal file mode.")
    adopt: bool = Field(False, description="Take over a file that exists; a deletion then leaves it standing.")
    key_state: str = reported(
        "current",
        "`stale`: another key than the cluster's; `missing`: no file, or no key of the entity in the file;"
        " `unreadable`: no file that Ceph reads.",
    )


class KeyringRecord(EntryRecord):
    """The file before us, and what we wrote: each keyring as a digest, because no journal holds a key."""

    before: dict[str, str] | None = Field(None, description="Owner, group and mode before us; none: no file.")
    ours: list[str] = Field(description="SHA-256 of each keyring that we wrote, the newest last, keys in it redacted.")
    set: dict[str, list[str]] = Field(default_factory=dict, description="Attributes that we set, the newest last.")
    unwritten: bool = Field(False, description="Whether no keyring of ours was written yet, as after a cut.")
    added: dict[str, bool] | None = Field(
        None, description="What we added to a file of somebody else's: `section` says whether the section, too."
    )
    found: str | None = Field(None, description="SHA-256 of the entity's key in the file before us.")


@dataclass(frozen=True)
class KeyringObserved:
    """A file and what the journal says of it.

    Attributes:
        where: The host as messages name it.
        state: The file, with each key as SHA-256.
        entry: The journal's entry, unless the entry speaks of another file (see `cut`).
        wanted: The SHA-256 of the cluster's key, empty when the cluster has no such user.
        cut: An entry of a run that was cut off before it wrote its first keyring. The file is somebody else's then.
        unchanged: The check that the file and the journal are still as they were read.
        unreadable: Why the host must not be handed the key; only read for a change.
    """

    where: str
    state: FileState | None
    entry: Entry[KeyringRecord] | None
    wanted: str
    cut: Entry[KeyringRecord] | None = None
    unchanged: IfUnchanged | None = None
    unreadable: str = ""


class KeyringKind(KindOnHost[KeyringDesired, KeyringObserved]):
    """A keyring file. Its key is read from the cluster when the step that writes the file is sent."""

    noun = "keyring"
    entry_kind = "keyring"
    entry_form = Entry[KeyringRecord]
    desired = KeyringDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "remove the resource in one run and make it elsewhere in the next, so that the service never lacks it",
    }
    lifecycle = Lifecycle(
        create="Writes the entity's key, which goes from the admin host's agent to this host's; in a file with other"
        " keys only the entity's lines change. A file that exists is refused, or with `adopt` only recorded.",
        read="Compares owner, group, mode, and the SHA-256 of the key with that of the cluster's.",
        update="Writes the key if the file has another one or none, and sets owner, group and mode.",
        delete="Removes a file that the stack wrote; one that somebody has changed since stays, with a warning. An"
        " adopted file stays, without a key that the stack added, and with its own owner, group and mode.",
        drift=dict.fromkeys(ATTRIBUTES, "the file's"),
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"path": entry.what, "fsid": ""}

    @override
    def title(self, desired: KeyringDesired) -> str:
        return f"keyring {desired.path} on {desired.host}"

    @override
    def key_source(self, desired: KeyringDesired, machines: Machines) -> KeySource:
        return machines.cluster(desired.fsid).key_of

    @override
    def read(self, desired: KeyringDesired, machines: Machines) -> KeyringObserved:
        snapshot = self._snapshot(desired, machines)
        machines.first_seen(desired.host, desired.path, snapshot.files.get(desired.path))
        return self._observed(desired, machines, snapshot, machines.cluster(desired.fsid).key_digest(desired.entity))

    @override
    def read_for_change(self, desired: KeyringDesired, machines: Machines) -> KeyringObserved:
        unreadable = why_unreadable(desired.host, desired.fsid, desired.entity, machines)
        return replace(self.read(desired, machines), unreadable=unreadable)

    @override
    def read_for_undo(self, desired: KeyringDesired, machines: Machines) -> KeyringObserved:
        """Read without the cluster's key, because a deletion has to work when the cluster is gone."""
        return self._observed(desired, machines, self._snapshot(desired, machines), "")

    def _snapshot(self, desired: KeyringDesired, machines: Machines) -> Snapshot:
        entry = HostJournal(desired.stack).path(self.entry_kind, desired.path)
        return snapshot_of(machines.host(desired.host), desired.path, others=[entry], hide_keys=True)

    def _observed(
        self, desired: KeyringDesired, machines: Machines, snapshot: Snapshot, wanted: str
    ) -> KeyringObserved:
        state = snapshot.files.get(desired.path)
        entry = HostJournal(desired.stack).read(snapshot.files, self.entry_kind, desired.path, Entry[KeyringRecord])
        foreign = entry is not None and state is not None and _never_written(entry, state)
        return KeyringObserved(
            where=machines.access(desired.host).where,
            state=state,
            entry=None if foreign else entry,
            wanted=wanted,
            cut=entry if foreign else None,
            unchanged=snapshot.unchanged,
        )

    @override
    def note_left(self, desired: KeyringDesired, left: Sequence[Step], machines: Machines) -> None:
        if shown(left):
            machines.note_pending(desired.host, desired.path, None)

    @override
    def adoption(self, desired: KeyringDesired, observed: KeyringObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.state is not None, observed.entry):
            return None
        return self._journalled(desired, observed, [])

    def _journalled(self, desired: KeyringDesired, observed: KeyringObserved, steps: list[Step]) -> list[Step]:
        """Return the steps with the journal's entry around them, behind the check."""
        entry = self._entry(desired, observed)
        if any(isinstance(step, PutLines) for step in steps) and desired.entity not in _keys(observed.state):
            text = (observed.state and observed.state.content) or ""
            entry = entry.with_record(added={"section": not has_entity(text, desired.entity)})
        done = entry.with_record(unwritten=False)
        journal, present = HostJournal(desired.stack), observed.entry or observed.cut
        return only_if(observed.unchanged, journalled(journal, entry, present, steps, done))

    def _entry(self, desired: KeyringDesired, observed: KeyringObserved) -> Entry[KeyringRecord]:
        entry, state = observed.entry, observed.state
        if entry is None:
            before = attributes(state) if state else None
            found = _keys(state).get(desired.entity)
            record = KeyringRecord(before=before, ours=[], unwritten=state is None, found=found)
            entry = Entry[KeyringRecord](
                kind=self.entry_kind, what=desired.path, adopted=state is not None, record=record
            )
        entry = entry.model_copy(update={"host": desired.host})
        digest = _digest(keyring_text(desired.entity, observed.wanted or PLACEHOLDER))
        wanted = {name: getattr(desired, name) for name in ATTRIBUTES}
        ours, set_by_us = with_value(entry.record.ours, digest), with_values(entry.record.set, wanted)
        return entry.with_record(ours=ours, set=set_by_us)

    @override
    def plan(self, desired: KeyringDesired, observed: KeyringObserved) -> list[Step]:
        state = observed.state
        ours = observed.entry is not None and not observed.entry.adopted
        if state is not None:
            self._refuse_what_is_no_keyring(desired, f"{observed.where}: {desired.path}", state, ours)
        current = key_state(desired.entity, state, observed.wanted) == "current"
        if state is not None and observed.entry is None and not desired.adopt:
            raise refuse_foreign(f"keyring {desired.path}", observed.where, current)
        steps: list[Step] = []
        if not current and observed.unreadable:
            raise Refused(f"{observed.where}: {observed.unreadable}")
        if state is None or not current:
            steps = [self._written(desired, state, ours)]
        elif (state.owner, state.group, state.mode) != (desired.owner, desired.group, desired.mode):
            steps = [SetAttributes(desired.path, desired.owner, desired.group, desired.mode)]
        return self._journalled(desired, observed, steps)

    @staticmethod
    def _refuse_what_is_no_keyring(desired: KeyringDesired, where: str, state: FileState, ours: bool) -> None:
        """Raise Refused for a file that cannot be edited. A file of our own that somebody broke is written anew."""
        if state.kind != "file":
            raise Refused(f"{where} is {NO_FILE[state.kind]}, not a keyring; move it away, then run again")
        try:
            keys_in(with_key(state.content or "", desired.entity, PLACEHOLDER))
        except CephConfSyntaxError as problem:
            if not ours:
                problem.path = where
                raise Refused(str(problem)) from None

    @staticmethod
    def _written(desired: KeyringDesired, state: FileState | None, ours: bool) -> PutFile | PutLines:
        """Return the step that writes the key; only the key's line changes if the file may hold other keys."""
        as_asked = {"owner": desired.owner, "group": desired.group, "mode": desired.mode}
        if state is None or (ours and not _keys(state).keys() - {desired.entity}):
            content = _with_key_of(desired.entity, keyring_text(desired.entity, PLACEHOLDER))
            return PutFile(desired.path, content, **as_asked, if_digest=state.digest if state else ABSENT)
        before = state.content or ""
        edit = LineEdit.between(before, with_key(before, desired.entity, PLACEHOLDER))
        lines = tuple(_with_key_of(desired.entity, line) for line in edit.lines)
        return PutLines(desired.path, edit.first, edit.end, lines, state.digest, **as_asked)

    @override
    def undo(self, desired: KeyringDesired, observed: KeyringObserved) -> Undo:
        entry, state = observed.entry, observed.state
        forget = RemoveEntry(HostJournal(desired.stack), self.entry_kind, desired.path)
        if entry is None:
            foreign = leave_foreign(observed.where, desired.path, state is not None)
            return Undo(only_if(observed.unchanged, [forget] if observed.cut else []), foreign.warnings)
        steps: list[Step] = []
        warnings: list[str] = []
        left = f"{observed.where}: {desired.path} is left:"
        if state is None:
            pass
        elif state.kind != "file":
            warnings = [f"{left} it is {NO_FILE[state.kind]}, not the keyring"]
        elif entry.adopted:
            steps = self._given_back(desired, state, entry)
            warnings = [f"{observed.where}: {text}" for text in self._not_given_back(desired, state, entry)]
        elif _digest(state.content or "") in entry.record.ours:
            steps = [RemoveFile(desired.path, state.digest)]
        else:
            warnings = [f"{left} somebody changed it since; remove it by hand if it is not needed"]
        return Undo(only_if(observed.unchanged, [*steps, forget]), warnings)

    @staticmethod
    def _given_back(desired: KeyringDesired, state: FileState, entry: Entry[KeyringRecord]) -> list[Step]:
        """Return the steps that give an adopted file back, with its own attributes and without the key that we added.

        A key that was replaced stays replaced, because no journal holds a key.
        """
        changed = to_put_back(entry.record.before or {}, attributes(state), entry.record.set)
        key, added = _keys(state).get(desired.entity), entry.record.added
        if added is None or not key or _digest(keyring_text(desired.entity, key)) not in entry.record.ours:
            return [SetAttributes(desired.path, **changed)] if changed else []
        text = state.content or ""
        edit = LineEdit.between(text, without_added(text, desired.entity, section=added["section"]))
        return [PutLines(desired.path, edit.first, edit.end, edit.lines, state.digest, **changed)]

    @staticmethod
    def _not_given_back(desired: KeyringDesired, state: FileState, entry: Entry[KeyringRecord]) -> list[str]:
        key, found = _keys(state).get(desired.entity), entry.record.found
        if not key or found in (None, key) or _digest(keyring_text(desired.entity, key)) not in entry.record.ours:
            return []
        return [
            f"{desired.path} keeps the cluster's key of {desired.entity}: the other key that was found there was of no"
            " use, and no journal holds a key"
        ]

    @override
    def actual(self, desired: KeyringDesired, observed: KeyringObserved) -> dict[str, Any]:
        state = observed.state
        found = {} if state is None else attributes(state)
        return {**found, "key_state": key_state(desired.entity, state, observed.wanted)}


def key_state(entity: str, state: FileState | None, wanted: str) -> str:
    """Return how the file stands to the cluster's key.

    Returns:
        `current`, `stale` (another key, or none in the cluster), `missing` (no file, or no key of the entity in the
        file) or `unreadable` (no file that Ceph reads).
    """
    if state is None:
        return "missing"
    if not _is_readable(state):
        return "unreadable"
    key = _keys(state).get(entity)
    if key is None:
        return "missing"
    return "current" if wanted and key == wanted else "stale"


def _is_readable(state: FileState) -> bool:
    try:
        keys_in(state.content or "")
    except CephConfSyntaxError:
        return False
    return state.kind == "file"


def _keys(state: FileState | None) -> dict[str, str]:
    """Return the keys by entity, redacted; none where Ceph reads no keyring."""
    return keys_in(state.content or "") if state is not None and _is_readable(state) else {}


def _never_written(entry: Entry[KeyringRecord], state: FileState) -> bool:
    """Whether the entry's run was cut off before it wrote the file, so that the file is somebody else's."""
    return entry.record.unwritten and _digest(state.content or "") not in entry.record.ours


def _with_key_of(entity: str, text: str) -> Content:
    """Return the text with the entity's key for the placeholder."""
    before, found, after = text.partition(PLACEHOLDER)
    return (before, KeyOf(entity), after) if found else text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
