"""Guard: refuses a deletion before anything is touched.

Each stack has two guards. One guard is made last (`guards: removal`), so that a destroy deletes this guard first: its
delete looks at every pool, user, secret and volume type that would go. Without it, a pool that is refused would leave a
cloud whose keyrings and options are gone already.

The other guard, the gate, is made first (`guards: change`), and everything comes after it. Its create and its update
look at what was taken out of the settings, at files that say that data lies elsewhere, and at users who would lose a
pool in which guests have images open. It also logs in to a cloud that is new in the settings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from providers.ceph import pool as pools
from providers.ceph import user as users
from providers.ceph.pool_content import why_not_empty
from providers.ceph.work import lasting
from providers.desired import Desired, remembered
from providers.errors import HostError, Refused, StepFailed, UnexpectedOutput
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.host_journal import HostJournal
from providers.kind import Kind
from providers.libvirt import secret as secrets
from providers.lifecycle import Lifecycle
from providers.openstack import volume_type as volume_types
from providers.openstack.cloud import same_cloud
from providers.plan import Step
from providers.reach.clock import Clock
from providers.reach.cloud_name import CloudName
from providers.reach.cluster import ClusterSession
from providers.reach.machines import Machines
from providers.stack.cluster_look import unfit_cluster
from providers.stack.disk_look import disks_left_behind
from providers.stack.former_guard import ALWAYS, GATE, MARK, guard_inputs
from providers.stack.former_user import former_users, keep_former_users
from providers.stack.looks_at import LooksAt
from providers.stack.monitor_look import needed_monitors
from providers.stack.narrowing import narrowed
from providers.stack.place_look import other_places
from providers.stack.put_off import lost_pools, used_by_later_batches, used_by_old_processes
from providers.stack.section_look import renamed_sections
from providers.undo import Undo


@dataclass(frozen=True)
class Removed:
    """What an update takes away.

    Attributes:
        before: What was looked at before.
        looked_at: What is no longer looked at.
        cloud: The cloud of before.
        former: How to keep each user that goes, for guests that run; see `former_users`.
    """

    before: LooksAt = field(default_factory=lambda: LooksAt.model_validate({}))
    looked_at: LooksAt = field(default_factory=lambda: LooksAt.model_validate({}))
    cloud: CloudName | None = None
    former: list[str] = field(default_factory=list)


class GuardDesired(Desired):
    """Everything of this stack that data or running servers may depend on."""

    fsid: str = Field(description="The cluster's fsid.")
    guards: Literal["change", "removal"] = Field(
        "removal", description="Which removals the guard looks at: an update's (`change`), or a destroy's (`removal`)."
    )
    cloud: CloudName | None = Field(None, description="The OpenStack that has the volume types.")
    looks_at: LooksAt = Field(
        default_factory=lambda: LooksAt.model_validate({}),
        description="What the guard looks at. All of it is also an input of the resource that it is of.",
    )
    deferred: dict[str, bool] | None = Field(
        None, description="Services whose restarts this run defers: it takes nothing away that they may still use."
    )
    batches: dict[str, bool] | None = Field(
        None, description="Components whose hosts are changed in batches, so that some need for longer what they read."
    )
    # What an update would take away.
    removed: Removed = remembered(default_factory=lambda: Removed())


@dataclass(frozen=True)
class GuardObserved:
    """What the guard found.

    Attributes:
        reasons: Why things in use must not be removed.
        unchecked: What could not be looked at.
        elsewhere: Why files must not be written, or caps not be set, each with what to do.
        are_clients: Whether clients of users, or domains with secrets, are among the reasons.
        notes: What an operator has to know.
    """

    reasons: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    are_clients: bool = False
    notes: list[str] = field(default_factory=list)


class GuardKind(Kind[GuardDesired, GuardObserved]):
    """A guard. It plans no steps: nothing is in use, or the run is refused."""

    noun = "guard"
    desired = GuardDesired
    hidden = ("looks_at", "deferred", "batches")
    former = (*ALWAYS, *GATE, MARK)
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "guards": "it decides whether an update or a deletion looks; keep it",
    }
    lifecycle = Lifecycle(
        create="The gate (`change`) looks, before anything is changed, at files that say that data lies elsewhere, and"
        " at users who would lose a pool with images that guests have open, and refuses the run; the guard (`removal`)"
        " looks at nothing. Neither changes anything.",
        read="The gate logs in to the cloud; the guard looks at nothing.",
        update="The gate looks as in create, and besides at what was taken out of the settings: pools that hold data,"
        " users with open sessions, secrets that domains name, volume types that volumes have, monitors that guests"
        " know.",
        delete="The guard looks at all that a destroy would take away, and refuses before anything is touched.",
        diff="Compares the inputs, but `deferred` and `batches`, which are about one run. A preview says that"
        " `looks_at` changes, and not how, because each row is an input of another resource, too.",
    )

    @override
    def title(self, desired: GuardDesired) -> str:
        return f"guard of stack {desired.stack} ({desired.guards})"

    @override
    def host(self, desired: GuardDesired, machines: Machines) -> str:
        """Return the admin host; none where nothing would be looked at, as when a cluster leaves the settings."""
        looks = desired.guards == "removal" and not desired.looks_at.is_empty
        return machines.admin_or_none(desired.fsid) if looks else ""

    @override
    def quiet(self, news: Mapping[str, Any]) -> Collection[str]:
        """Return what is about this run only, and is compared with nothing."""
        return "deferred", "batches"

    @override
    def upgraded(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        return guard_inputs(inputs, beside)

    @override
    def with_old_state(self, desired: GuardDesired, olds: dict[str, Any]) -> GuardDesired:
        if desired.guards == "removal":
            return desired
        before, now, cloud = LooksAt.model_validate(olds.get("looks_at") or {}), desired.looks_at, olds.get("cloud")
        gone = before.without(now)
        removed = Removed(
            before,
            gone,
            CloudName.model_validate(cloud) if cloud else None,
            former_users(gone.entities, before.settings or {}, now.settings or {}, now.files or {}),
        )
        return desired.model_copy(update={"removed": removed})

    @override
    def read(self, desired: GuardDesired, machines: Machines) -> GuardObserved:
        removed = desired.removed
        # Log in now, because otherwise a wrong clouds.yaml would be found only after services were restarted.
        if desired.guards == "change" and desired.cloud and desired.cloud != removed.cloud:
            machines.cloud(desired.cloud).identity()
        return self._look(desired, removed.looked_at, removed.cloud, machines)

    @override
    def read_for_change(self, desired: GuardDesired, machines: Machines) -> GuardObserved:
        """Read, and for the gate look at what the run is about to change."""
        looked = self.read(desired, machines)
        if desired.guards == "removal":
            return looked
        stack, fsid, wanted = desired.stack, desired.fsid, desired.looks_at
        elsewhere, missed = other_places(stack, fsid, wanted.places or {}, wanted.files or {}, machines)
        unfit, unlooked = unfit_cluster(stack, fsid, wanted, machines)
        lost, notes, unknown = narrowed(stack, fsid, wanted.caps or {}, wanted.settings or {}, machines)
        before = desired.removed.before.places or {}
        left, unasked = disks_left_behind(before, wanted.places or {}, wanted.secrets, machines)
        left += renamed_sections(before, wanted.places or {})
        used = [*left, *self._used_meanwhile(desired, machines), *self._unreachable_clusters(desired, machines)]
        gone, hosts = desired.removed.looked_at.monitors or [], sorted(wanted.secrets)
        needed, unseen = needed_monitors(gone, wanted.monitors or [], hosts, machines) if gone else ([], [])
        return GuardObserved(
            [*looked.reasons, *needed],
            list(dict.fromkeys([*looked.unchecked, *missed, *unasked, *unseen, *unknown, *unlooked])),
            [*elsewhere, *unfit, *lost, *used],
            looked.are_clients,
            notes,
        )

    @staticmethod
    def _unreachable_clusters(desired: GuardDesired, machines: Machines) -> list[str]:
        """Return why a cluster stays in the settings, under its name.

        A run that takes away what is there has no other way in. A run that renames the entry makes everything under
        new logical names, finds it there, and then takes it away under the old ones.
        """
        further = machines.settings.further
        reasons = []
        for name, fsid in sorted((desired.removed.before.clusters or {}).items()):
            if fsid not in further:
                reasons.append(
                    f"ceph-openstack:clusters.{name}: is taken out while pools, users or options of it are still in the"
                    f" stack, and nothing else says how cluster {fsid} is reached: put the entry back, take out what"
                    " uses it, run, and take out the entry in a later run"
                )
            elif further[fsid].name != name:
                reasons.append(
                    f"ceph-openstack:clusters.{further[fsid].name}: is cluster {fsid}, which the stack has as {name},"
                    " and a run would take away under the old name what it finds under the new one: call the entry"
                    f" {name} again"
                )
        return reasons

    @staticmethod
    def _used_meanwhile(desired: GuardDesired, machines: Machines) -> list[str]:
        """Return why processes that this run leaves as they are for a while need what the run takes away."""
        if not (desired.deferred or desired.batches):
            return []
        before, now, removed = desired.removed.before, desired.looks_at, desired.removed.looked_at
        then, places, were = now.caps or {}, now.places or {}, before.places or {}
        lost = lost_pools(machines.cluster(desired.fsid), before.caps or {}, then) if then else {}
        moving = [
            label
            for label in desired.batches or {}
            if any(parts.get(label) != were.get(host, {}).get(label) for host, parts in places.items())
        ]
        return [
            *used_by_old_processes(sorted(desired.deferred or {}), removed, lost),
            *used_by_later_batches(moving, lost, now.settings or {}),
        ]

    @override
    def read_for_undo(self, desired: GuardDesired, machines: Machines) -> GuardObserved:
        if desired.guards == "change":
            return GuardObserved()
        return self._look(desired, desired.looks_at, desired.cloud, machines)

    def _look(self, desired: GuardDesired, goes: LooksAt, cloud: CloudName | None, machines: Machines) -> GuardObserved:
        reasons: list[str] = []
        clients: list[str] = []
        unchecked: list[str] = []
        if goes.pools or goes.entities:
            reasons, clients = self._in_cluster(desired, goes.pools, goes.entities, machines)
        if goes.volume_types and cloud:
            reasons += self._in_cloud(desired, goes.volume_types, cloud, machines)
        for host, uuids in sorted(goes.secrets.items()):
            try:
                clients += self._on_host(desired.stack, host, uuids, machines)
            except (HostError, StepFailed, UnexpectedOutput) as problem:
                unchecked.append(f"{problem}; whether a domain there needs its secret was not looked at")
        return GuardObserved([*reasons, *clients], unchecked, are_clients=bool(clients))

    @staticmethod
    def _in_cluster(
        desired: GuardDesired, pool_names: list[str], entities: list[str], machines: Machines
    ) -> tuple[list[str], list[str]]:
        """Return which pools are not empty, and which users have open sessions."""
        cluster = machines.cluster(desired.fsid)
        cluster.changed()
        journal, entries = ClusterJournal(desired.stack), cluster.journal()

        def goes(kind: type[Kind[Any, Any]], name: str) -> bool:
            entry = journal.read(entries, kind.entry_kind, name, kind.entry_form)
            return entry is not None and not entry.adopted

        full_pools = []
        for name in pool_names:
            if name in cluster.pools() and goes(pools.PoolKind, name):
                full = why_not_empty(cluster.content(name))
                if full:
                    full_pools.append(f"pool {name} holds {full}")
        mine = [entity for entity in entities if entity in cluster.users() and goes(users.UserKind, entity)]
        open_now = lasting_sessions(cluster, mine, machines.clock) if mine else {}
        return full_pools, [
            f"user {entity} has open sessions from {', '.join(addresses)}" for entity, addresses in open_now.items()
        ]

    @staticmethod
    def _in_cloud(desired: GuardDesired, types: list[str], place: CloudName, machines: Machines) -> list[str]:
        cluster = machines.cluster(desired.fsid)
        cluster.changed()
        journal, entries, cloud = ClusterJournal(desired.stack), cluster.journal(), machines.cloud(place)
        kind, form = volume_types.VolumeTypeKind.entry_kind, Entry[volume_types.VolumeTypeRecord]
        mine = {name: entry for name in types if (entry := journal.read(entries, kind, name, form)) is not None}
        reasons = []
        try:
            for name, entry in mine.items():
                same_cloud(f"volume type {name}", cloud.where, cloud.identity(), entry.record)
                reasons.append(volume_types.why_it_stays(cloud, name, entry))
        except (HostError, Refused) as problem:
            keys = ", ".join(f"`ceph config-key rm {journal.key(kind, name)}`" for name in mine)
            raise type(problem)(
                f"{problem}; nothing was changed; if that cloud is gone for good, remove what is kept of its types,"
                f" too: {keys}"
            ) from None
        return [reason for reason in reasons if reason]

    @staticmethod
    def _on_host(stack: str, host: str, uuids: list[str], machines: Machines) -> list[str]:
        reached, journal = machines.host(host), HostJournal(stack)
        kind, form = secrets.SecretKind.entry_kind, Entry[secrets.SecretRecord]
        files = reached.read_files([journal.path(kind, uuid) for uuid in uuids])
        mine = [
            uuid for uuid in uuids if (entry := journal.read(files, kind, uuid, form)) is not None and not entry.adopted
        ]
        found = reached.libvirt_users(mine) if mine else {}
        return [
            f"secret {uuid} on {host} is named by domain {', '.join(names[:3])}"
            for uuid, names in sorted(found.items())
        ]

    @override
    def plan(self, desired: GuardDesired, observed: GuardObserved) -> list[Step]:
        self._refuse(desired, observed, "to take this out")
        return []

    @override
    def undo(self, desired: GuardDesired, observed: GuardObserved) -> Undo:
        self._refuse(desired, observed, "to destroy it")
        return Undo([], observed.unchecked)

    @override
    def warnings(self, desired: GuardDesired, observed: GuardObserved) -> list[str]:
        return [*observed.unchecked, *observed.notes]

    def _refuse(self, desired: GuardDesired, observed: GuardObserved, what: str) -> None:
        former = desired.removed.former if observed.are_clients else None
        kept = [keep_former_users(former, desired.stack)] if former else []
        if observed.elsewhere:
            texts = "; ".join([*observed.elsewhere, *observed.reasons, *kept])
            raise Refused(f"stack {desired.stack}: nothing was changed: {texts}; then run again")
        if observed.reasons:
            ways_out = ", or ".join([*kept, "move or remove what is in use"])
            raise Refused(
                f"stack {desired.stack}: refusing {what}, nothing was changed: {'; '.join(observed.reasons)};"
                f" {ways_out}, then run again"
            )

    @override
    def apply(self, desired: GuardDesired, steps: Sequence[Step], machines: Machines) -> None:
        """Do nothing, because a guard changes nothing."""

    @override
    def actual(self, desired: GuardDesired, observed: GuardObserved) -> dict[str, Any]:
        return {}


def lasting_sessions(cluster: ClusterSession, entities: list[str], clock: Clock) -> dict[str, list[str]]:
    """Return the addresses of sessions that are open for some seconds, by entity."""
    found: dict[str, set[str]] = {}
    for session in lasting(cluster, entities, clock):
        found.setdefault(session.entity, set()).add(session.address)
    return {entity: sorted(addresses) for entity, addresses in sorted(found.items())}
