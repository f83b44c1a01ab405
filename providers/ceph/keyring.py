"""A keyring file on a host: one entity's key, for the service user that reads it. The key goes from agent to agent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from providers.formats.ceph_conf import CephConfSyntaxError
from providers.formats.keyring import parse, render
from providers.formats.names import Entity, HostName, Uuid
from providers.formats.paths import AbsolutePath, Mode
from providers.host.attributes import ATTRIBUTES, attributes, to_put_back
from providers.journal import Entry, HostJournal, journalled, with_values
from providers.kind import Desired, Kind, Undo, leave_foreign, refuse_foreign, takes_over
from providers.reach.answers.file_state import FileState
from providers.reach.machines import Machines
from providers.reach.steps import ABSENT, Content, KeyOf, PutFile, RemoveFile, SetAttributes, Step

ENTRY = "keyring"
PLACEHOLDER = "sha256:" + "0" * 64


class KeyringDesired(Desired):
    """A file that holds exactly one entity's current key."""

    host: HostName = Field(description="The host's name in the settings.")
    fsid: Uuid = Field(description="The fsid of the cluster that made the key.")
    entity: Entity = Field(description="Whose key: `client.` and the user's name.")
    path: AbsolutePath = Field(description="Where librados looks: `/etc/ceph/<cluster>.<entity>.keyring`.")
    owner: str = Field(min_length=1, description="The service's user.")
    group: str = Field(min_length=1, description="The service's group.")
    mode: Mode = Field("0640", description="Octal file mode.")
    adopt: bool = Field(False, description="Take over a file that exists; a deletion then leaves it standing.")
    key_state: str = Field("current", description="Reported by refresh: `current`, `stale`, `missing` or `unreadable`.")


@dataclass(frozen=True)
class KeyringObserved:
    """`state` shows keys as SHA-256; `wanted` is the SHA-256 of the cluster's key, empty when the cluster has no such user."""

    where: str
    state: FileState | None
    entry: Entry | None
    wanted: str


class KeyringKind(Kind[KeyringDesired, KeyringObserved]):
    noun = "keyring"
    desired = KeyringDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "path": "remove the resource in one run and make it elsewhere in the next, so that the service never lacks it",
    }

    def title(self, desired: KeyringDesired) -> str:
        return f"keyring {desired.path} on {desired.host}"

    def host(self, desired: KeyringDesired, machines: Machines) -> str:
        return desired.host

    def read(self, desired: KeyringDesired, machines: Machines) -> KeyringObserved:
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        files = host.read_files([desired.path, journal.path(ENTRY, desired.path)], hide_keys=True)
        machines.first_seen(desired.host, desired.path, files.get(desired.path))
        return KeyringObserved(
            where=host.access.where,
            state=files.get(desired.path),
            entry=journal.read(files, ENTRY, desired.path),
            wanted=machines.cluster(desired.fsid).key_digest(desired.entity),
        )

    def read_for_undo(self, desired: KeyringDesired, machines: Machines) -> KeyringObserved:
        """A deletion does not need the cluster, which may be gone."""
        host, journal = machines.host(desired.host), HostJournal(desired.stack)
        files = host.read_files([desired.path, journal.path(ENTRY, desired.path)], hide_keys=True)
        return KeyringObserved(host.access.where, files.get(desired.path), journal.read(files, ENTRY, desired.path), "")

    def adoption(self, desired: KeyringDesired, observed: KeyringObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.state is not None, observed.entry):
            return None
        return journalled(HostJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: KeyringDesired, observed: KeyringObserved) -> Entry:
        entry, state = observed.entry, observed.state
        if entry is None:
            adopted = state is not None
            before = attributes(state) if state else None
            entry = Entry(kind=ENTRY, what=desired.path, adopted=adopted, record={"before": before, "ours": []})
        digest = _digest(render(desired.entity, observed.wanted or PLACEHOLDER))
        wanted = {name: getattr(desired, name) for name in ATTRIBUTES}
        record: dict[str, Any] = {**entry.record, **with_values({"ours": entry.record["ours"]}, {"ours": digest})}
        return entry.model_copy(update={"record": {**record, "set": with_values(record.get("set", {}), wanted)}})

    def plan(self, desired: KeyringDesired, observed: KeyringObserved) -> list[Step]:
        state = observed.state
        current = key_state(desired.entity, state, observed.wanted) == "current"
        if state is not None and observed.entry is None and not desired.adopt:
            raise refuse_foreign(f"keyring {desired.path}", observed.where, current)
        steps: list[Step] = []
        if state is None or not current:
            content: Content = (*_around_key(desired.entity),)
            digest = ABSENT if state is None else state.digest
            steps = [PutFile(desired.path, content, desired.owner, desired.group, desired.mode, digest)]
        elif (state.owner, state.group, state.mode) != (desired.owner, desired.group, desired.mode):
            steps = [SetAttributes(desired.path, desired.owner, desired.group, desired.mode)]
        return journalled(HostJournal(desired.stack), self._entry(desired, observed), observed.entry, steps)

    def undo(self, desired: KeyringDesired, observed: KeyringObserved) -> Undo:
        entry, state, journal = observed.entry, observed.state, HostJournal(desired.stack)
        if entry is None:
            return leave_foreign(observed.where, desired.path, state is not None)
        forget = journal.remove(ENTRY, desired.path)
        if state is None:
            return Undo(forget)
        before = entry.record.get("before")
        if entry.adopted:
            changed = to_put_back(before or {}, attributes(state), entry.record.get("set", {}))
            return Undo([*([SetAttributes(desired.path, **changed)] if changed else []), *forget])
        if _digest(state.content or "") not in entry.record["ours"]:
            return Undo(
                forget,
                [
                    f"{observed.where}: {desired.path} is left: somebody changed it since; remove it by hand if it is not needed"
                ],
            )
        return Undo([RemoveFile(desired.path, state.digest), *forget])

    def actual(self, desired: KeyringDesired, observed: KeyringObserved) -> dict[str, Any]:
        state = observed.state
        found = {} if state is None else attributes(state)
        return {**found, "key_state": key_state(desired.entity, state, observed.wanted)}


def key_state(entity: str, state: FileState | None, wanted: str) -> str:
    """Return `current`, `stale` (another key, or none in the cluster), `missing` (no file) or `unreadable` (no keyring)."""
    if state is None:
        return "missing"
    try:
        keys = parse(state.content or "")
    except CephConfSyntaxError:
        return "unreadable"
    if entity not in keys:
        return "unreadable"
    return "current" if wanted and keys == {entity: wanted} else "stale"


def _around_key(entity: str) -> tuple[str | KeyOf, ...]:
    before, after = render(entity, PLACEHOLDER).split(PLACEHOLDER)
    return before, KeyOf(entity), after


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
