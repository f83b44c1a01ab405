"""A type of cephx keys that the monitors have to allow: `auth_allowed_ciphers`, for hosts that read no newer type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from providers.desired import reported
from providers.errors import Refused
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, journalled
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.machines import Machines
from providers.reach.steps import mon
from providers.undo import Undo, leave_foreign

OLD_TYPE = "aes"
"""The type that only clients before 19.2.6 and 20.2.4 need (CVE-2025-30156)."""
INSECURE = "mon_auth_allow_insecure_key"
"""The monitors' option without which they make no key of the old type."""
SHOWN = 3


class KeyTypeDesired(OnCluster):
    """A type of keys with which clients may log in, and which the cluster makes for the stack's users."""

    key_type: Literal["aes", "aes256k"] = Field(description="The type, as `ceph auth get-or-create --key_type` has it.")
    present: bool = reported(True, "False when the monitors do not allow keys of this type, or make none.")


class KeyTypeRecord(EntryRecord):
    """What the monitors allowed before us."""

    allowed: list[str] = Field(default_factory=list, description="`auth_allowed_ciphers` before us.")
    insecure: str | None = Field(
        None, description="The monitors' `mon_auth_allow_insecure_key` before us; none: unset."
    )


@dataclass(frozen=True)
class KeyTypeObserved:
    """What the monitors allow.

    Attributes:
        where: The admin host as messages name it.
        release: The oldest monitors' release, such as `pacific`.
        allowed: The types with which clients may log in; none where the monitors know one type, the old one.
        preferred: The type of keys that the monitors make by themselves.
        insecure: The monitors' `mon_auth_allow_insecure_key` in the cluster's configuration; none: it is unset.
        entry: The journal's entry.
        users: The users that have a key of this type.
    """

    where: str
    release: str
    allowed: tuple[str, ...]
    preferred: str
    insecure: str | None
    entry: Entry[KeyTypeRecord] | None
    users: tuple[str, ...] = ()


class KeyTypeKind(KindOnCluster[KeyTypeDesired, KeyTypeObserved]):
    """A type of keys. Taken back, it would lock out every client with such a key, so it is left while there is one."""

    noun = "key type"
    entry_kind = "keytype"
    entry_form = Entry[KeyTypeRecord]
    desired = KeyTypeDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "key_type": "it is part of the resource's name; give another type a resource of its own",
    }
    lifecycle = Lifecycle(
        create="Lets the monitors allow keys of this type, and make them. Where they know one type there is nothing to"
        " do, and the newer one is refused.",
        read="Asks the monitors which types they allow, and for their configuration.",
        update="Allows what is not allowed any more.",
        delete="Puts back what was allowed before, but not while a user is left that has a key of this type.",
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"key_type": entry.what}

    @override
    def title(self, desired: KeyTypeDesired) -> str:
        return f"key type {desired.key_type}"

    @override
    def read(self, desired: KeyTypeDesired, machines: Machines) -> KeyTypeObserved:
        cluster = machines.cluster(desired.fsid)
        monitors, journal = cluster.monitors(), ClusterJournal(desired.stack)
        insecure = cluster.mon_option(INSECURE) if monitors.key_types else None
        return KeyTypeObserved(
            where=cluster.host().access.where,
            release=monitors.min_mon_release_name,
            allowed=tuple(monitors.key_types),
            preferred=monitors.new_key_type,
            insecure=insecure,
            entry=journal.read(cluster.journal(), self.entry_kind, desired.key_type, self.entry_form),
            users=tuple(sorted(name for name, user in cluster.users().items() if user.key_type == desired.key_type)),
        )

    @override
    def read_for_undo(self, desired: KeyTypeDesired, machines: Machines) -> KeyTypeObserved:
        machines.cluster(desired.fsid).changed()
        return self.read(desired, machines)

    @override
    def plan(self, desired: KeyTypeDesired, observed: KeyTypeObserved) -> list[Step]:
        if not observed.allowed and desired.key_type != OLD_TYPE:
            raise Refused(
                f"{observed.where}: the monitors are of release {observed.release}, which makes no keys of type"
                f" {desired.key_type}; upgrade them to 19.2.6, 20.2.4 or later, or take cluster.key_type out"
            )
        steps = self._steps(desired, observed)
        if not steps and observed.entry is None:
            return []  # nothing was changed, so there is nothing to put back
        record = KeyTypeRecord(allowed=list(observed.allowed), insecure=observed.insecure)
        made = Entry[KeyTypeRecord](kind=self.entry_kind, what=desired.key_type, record=record)
        return journalled(ClusterJournal(desired.stack), observed.entry or made, observed.entry, steps)

    @staticmethod
    def _steps(desired: KeyTypeDesired, observed: KeyTypeObserved) -> list[Step]:
        steps: list[Step] = []
        if observed.allowed and desired.key_type not in observed.allowed:
            steps.append(_allow(sorted({*observed.allowed, desired.key_type})))
        # Monitors that make such keys by themselves, as after an upgrade, need no leave. Others forget theirs when the
        # type is no longer allowed, and do not say so.
        makes_it = observed.preferred == desired.key_type and observed.insecure != "false"
        if observed.allowed and desired.key_type == OLD_TYPE and not makes_it and observed.insecure != "true":
            steps.append(mon("config set", who="mon", name=INSECURE, value="true"))
        return steps

    @override
    def undo(self, desired: KeyTypeDesired, observed: KeyTypeObserved) -> Undo:
        entry, journal = observed.entry, ClusterJournal(desired.stack)
        if entry is None:
            return leave_foreign(observed.where, "the monitors' key types", False)
        forget = RemoveEntry(journal, self.entry_kind, desired.key_type)
        left, before, steps = observed.users, entry.record.allowed, list[Step]()
        if observed.insecure == "true" and entry.record.insecure != "true":
            was = entry.record.insecure
            put_back = mon("config rm", who="mon", name=INSECURE)
            steps.append(put_back if was is None else mon("config set", who="mon", name=INSECURE, value=was))
        takes_away = desired.key_type in observed.allowed and before and desired.key_type not in before
        if takes_away and not left:
            steps.append(_allow([name for name in observed.allowed if name != desired.key_type]))
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        warnings = [
            f"{observed.where}: keys of type {desired.key_type} stay allowed, because {', '.join(left[:SHOWN])}{more}"
            " could not log in without; give them other keys, then run `ceph mon set auth_allowed_ciphers"
            f" {','.join(before)}`"
        ]
        return Undo([*steps, forget], warnings if takes_away and left else [])

    @override
    def actual(self, desired: KeyTypeDesired, observed: KeyTypeObserved) -> dict[str, Any]:
        return {"present": not self._steps(desired, observed)}


def _allow(types: list[str]) -> Step:
    return mon("mon set", name="auth_allowed_ciphers", value=",".join(types))
