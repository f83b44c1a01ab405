"""A cephx user: its entity and caps. The cluster makes the user's key and keeps the key, which is no output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field, field_validator
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.work import keep_pools, losses
from providers.desired import reported
from providers.errors import Refused
from providers.formats.caps import DAEMONS, same_caps
from providers.formats.names import OwnEntity
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.kept_values import with_value
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.machines import Machines
from providers.reach.steps import MonCommand, mon
from providers.undo import Undo, leave_foreign

LAST_SESSIONS_S = 20


class UserDesired(OnCluster):
    """A user with exactly these caps."""

    entity: OwnEntity = Field(description="`client.` and the user's name; cannot change.")
    caps: dict[str, str] = Field(
        min_length=1, description="Caps by daemon (`mon`, `mgr`, `osd`, `mds`); daemons that are left out have none."
    )
    key_type: Literal["aes", "aes256k"] | None = Field(
        None, description="Type of the key that the cluster makes; a key that exists stays. Default: the cluster's."
    )
    adopt: bool = Field(
        False, description="Take over a user that exists, with its key; a deletion then leaves it standing."
    )
    present: bool = reported(True, "False when the cluster has no such user.")

    @field_validator("caps")
    @classmethod
    def _known_daemons(cls, caps: dict[str, str]) -> dict[str, str]:
        for daemon, text in caps.items():
            if daemon not in DAEMONS:
                raise ValueError(f"{daemon} is no daemon that has caps; use {', '.join(DAEMONS)}")
            if not text.strip() or not text.isprintable():
                raise ValueError(f"the caps for {daemon} are empty or hold control characters; write them on one line")
        return caps


class UserRecord(EntryRecord):
    """The caps that an adopted user had, and the caps that we gave the user."""

    before: dict[str, str] | None = Field(None, description="The user's caps before us; none for a user that we made.")
    ours: list[dict[str, str]] = Field(default_factory=list, description="Caps that we set, the newest last.")


@dataclass(frozen=True)
class UserObserved:
    """What the cluster says of a user.

    Attributes:
        where: The admin host as messages name it.
        caps: The user's caps; none when there is no such user.
        entry: The journal's entry.
        sessions: Addresses of open sessions; only read for a deletion.
        one_key_type: Whether the monitors know one type of keys only, and so are told none.
    """

    where: str
    caps: dict[str, str] | None
    entry: Entry[UserRecord] | None
    sessions: tuple[str, ...] = ()
    one_key_type: bool = False


class UserKind(KindOnCluster[UserDesired, UserObserved]):
    """A cephx user. A user with open sessions is never deleted."""

    noun = "cephx user"
    entry_kind = "user"
    entry_form = Entry[UserRecord]
    desired = UserDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "entity": "a renamed user would leave its clients without a key; raise `user.generation` to move to a second"
        " user",
    }
    lifecycle = Lifecycle(
        create="Makes the user with these caps, and the cluster makes the key. A user that exists is refused, or with"
        " `adopt` only recorded.",
        read="Asks the cluster for the user's caps.",
        update="Sets the caps of all daemons. Refused while clients have images open in a pool that the user would"
        " lose.",
        delete=f"Deletes a user that the stack made; one with sessions that stay open for {LAST_SESSIONS_S} s is"
        " refused. An adopted user stays, and gets back its caps if those are still the stack's.",
        drift={"caps": "the caps that the cluster has, unless they mean the same"},
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"entity": entry.what}

    @override
    def title(self, desired: UserDesired) -> str:
        return f"cephx user {desired.entity}"

    @override
    def read(self, desired: UserDesired, machines: Machines) -> UserObserved:
        cluster = machines.cluster(desired.fsid)
        user = cluster.users().get(desired.entity)
        one_type = desired.key_type is not None and not cluster.monitors().key_types
        return UserObserved(
            one_key_type=one_type,
            where=cluster.host().access.where,
            caps=None if user is None else user.caps,
            entry=ClusterJournal(desired.stack).read(
                cluster.journal(), self.entry_kind, desired.entity, Entry[UserRecord]
            ),
        )

    @override
    def read_for_undo(self, desired: UserDesired, machines: Machines) -> UserObserved:
        """Read, and wait some seconds for sessions to end, because a service just restarted may have its last one."""
        cluster = machines.cluster(desired.fsid)
        cluster.changed()
        observed = self.read(desired, machines)
        if observed.caps is None or observed.entry is None or observed.entry.adopted:
            return observed
        clock = machines.clock
        limit = clock.monotonic() + LAST_SESSIONS_S
        while (sessions := cluster.sessions([desired.entity])) and clock.monotonic() < limit:
            clock.sleep(0.5)
        return replace(observed, sessions=tuple(sorted({session.address for session in sessions})))

    @override
    def adoption(self, desired: UserDesired, observed: UserObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.caps is not None, observed.entry):
            return None
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: UserDesired, observed: UserObserved) -> Entry[UserRecord]:
        entry = observed.entry
        if entry is None:
            adopted = observed.caps is not None
            entry = Entry[UserRecord](
                kind=self.entry_kind, what=desired.entity, adopted=adopted, record=UserRecord(before=observed.caps)
            )
        if not entry.adopted:
            return entry
        return entry.with_record(ours=with_value(entry.record.ours, desired.caps))

    @override
    def plan(self, desired: UserDesired, observed: UserObserved) -> list[Step]:
        same = observed.caps is not None and same_caps(observed.caps, desired.caps)
        if observed.caps is not None and observed.entry is None and not desired.adopt:
            raise refuse_foreign(self.title(desired), observed.where, same)
        steps: list[Step] = []
        if observed.caps is None:
            kind = None if observed.one_key_type else desired.key_type
            steps = [mon("auth get-or-create", entity=desired.entity, caps=_words(desired.caps), key_type=kind)]
        elif not same:
            # `auth caps` replaces all caps, so every daemon's are sent.
            steps = [mon("auth caps", entity=desired.entity, caps=_words(desired.caps))]
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), observed.entry, steps)

    @override
    def undo(self, desired: UserDesired, observed: UserObserved) -> Undo:
        entry, journal = observed.entry, ClusterJournal(desired.stack)
        if entry is None:
            return leave_foreign(observed.where, f"user {desired.entity}", observed.caps is not None)
        forget = RemoveEntry(journal, self.entry_kind, desired.entity)
        if observed.caps is None:
            return Undo([forget])
        if entry.adopted:
            before = entry.record.before or {}
            set_by_us = any(same_caps(observed.caps, caps) for caps in entry.record.ours)
            ours = set_by_us and not same_caps(observed.caps, before)
            return Undo([*([mon("auth caps", entity=desired.entity, caps=_words(before))] if ours else []), forget])
        if observed.sessions:
            raise Refused(
                f"{observed.where}: refusing to delete user {desired.entity}: it has open sessions from"
                f" {', '.join(observed.sessions[:3])}; stop or move what uses it, then run again"
            )
        return Undo([mon("auth rm", entity=desired.entity, accept=("ENOENT",)), forget])

    @override
    def apply(self, desired: UserDesired, steps: Sequence[Step], machines: Machines) -> None:
        """Do the steps.

        Raises:
            Refused: Clients have images open in a pool that the user would lose. The gate looks, too, but not after an
                adoption and in a destroy.
        """
        for step in steps:
            if isinstance(step, MonCommand) and (command := dict(step.command))["prefix"] == "auth caps":
                caps = dict(zip(command["caps"][::2], command["caps"][1::2], strict=True))
                self._refuse_loss(desired, caps, machines)
        super().apply(desired, steps, machines)

    @staticmethod
    def _refuse_loss(desired: UserDesired, caps: dict[str, str], machines: Machines) -> None:
        cluster = machines.cluster(desired.fsid)
        cluster.changed()
        user = cluster.users().get(desired.entity)
        found = losses(cluster, machines.clock, desired.entity, user.caps, caps) if user else []
        if found:
            raise Refused(
                f"{cluster.host().access.where}: refusing to narrow the caps of {desired.entity}:"
                f" {keep_pools(found, f'the user {desired.entity} in the settings', desired.stack)}; then run again"
            )

    @override
    def actual(self, desired: UserDesired, observed: UserObserved) -> dict[str, Any]:
        if observed.caps is None:
            return {"present": False}
        same = same_caps(observed.caps, desired.caps)
        return {"present": True, "caps": desired.caps if same else observed.caps}


def _words(caps: dict[str, str]) -> list[str]:
    return [word for daemon in sorted(caps) for word in (daemon, caps[daemon])]
