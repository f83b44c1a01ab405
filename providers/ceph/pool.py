"""A RADOS pool, for RBD images or for another application."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import override

from providers.adoption import refuse_foreign, takes_over
from providers.ceph.data_pool import why_unfit
from providers.ceph.pool_content import why_not_empty
from providers.ceph.pool_settings import PURGE, SETTINGS, observed_schedule, observed_settings
from providers.desired import reported
from providers.errors import Refused
from providers.formats.names import CrushName, PoolName
from providers.formats.numbers import Number, WholeNumber
from providers.formats.purge_schedule import PurgeSchedule
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, WriteEntry, journalled
from providers.journal.kept_values import with_values
from providers.journal.record import EntryRecord
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.answers.pool_content import PoolContent
from providers.reach.machines import Machines
from providers.reach.steps import PoolInit, mon
from providers.undo import Undo, leave_foreign

RECORDED = (*(name for name in SETTINGS if name != PURGE), "applications")
"""What the journal's entry of an adopted pool has of the time before from the beginning."""

AT_ONCE = {"size", "pg_num", "pg_autoscale_mode", "crush_rule"}
"""Settings that a pool is made with."""

CompressionMode = Literal["none", "passive", "aggressive", "force"]
CompressionAlgorithm = Literal["none", "lz4", "snappy", "zlib", "zstd"]


class PoolDesired(OnCluster):
    """A pool; settings that are None are left to the cluster and never compared."""

    name: PoolName = Field(description="Pool name; cannot change.")
    application: str = Field(
        "rbd",
        pattern=r"^[A-Za-z0-9_.-]{1,128}$",
        description="Application that uses the pool: `rbd`, `cephfs` …. A pool of `rbd` is made ready for images.",
    )
    size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Replicas of each object (`size`). Default: the cluster's."
    )
    min_size: WholeNumber | None = Field(
        None, ge=1, le=10, description="Replicas needed to serve I/O (`min_size`). Default: the cluster's."
    )
    erasure_code_profile: CrushName | None = Field(
        None,
        description="Name of the erasure code profile of a pool that holds data of images, or other objects. Default:"
        " the pool is replicated.",
    )
    pg_num: WholeNumber | None = Field(
        None, ge=1, le=65536, description="Placement groups. Default: the autoscaler's or the cluster's."
    )
    pg_autoscale_mode: Literal["on", "off", "warn"] | None = Field(
        None, description="`pg_autoscale_mode`. Default: the cluster's."
    )
    crush_rule: str | None = Field(None, min_length=1, description="Name of the CRUSH rule. Default: the cluster's.")
    target_size_ratio: Number | None = Field(
        None,
        gt=0,
        description="Expected share of the data, as a weight relative to the other pools that set it (no percentage).",
    )
    quota_max_bytes: WholeNumber | None = Field(
        None, ge=0, description="Bytes after which writes fail (`quota_max_bytes`); 0 for no such limit."
    )
    quota_max_objects: WholeNumber | None = Field(
        None, ge=0, description="Objects after which writes fail (`quota_max_objects`); 0 for no such limit."
    )
    compression_mode: CompressionMode | None = Field(
        None, description="When BlueStore compresses (`compression_mode`). Default: the cluster's."
    )
    compression_algorithm: CompressionAlgorithm | None = Field(
        None, description="With what BlueStore compresses (`compression_algorithm`). Default: the cluster's."
    )
    trash_purge_schedule: PurgeSchedule | None = Field(
        None, description="When expired images of the trash are removed, as the only schedule of the pool; `none`."
    )
    init: bool | None = Field(
        None, description="False leaves a pool whose application nobody enabled as it is. Default: it is enabled."
    )
    adopt: bool = Field(False, description="Take over a pool that exists; a deletion then leaves it standing.")
    present: bool = reported(True, "False when the cluster no longer lists the pool.")

    @model_validator(mode="after")
    def _sizes(self) -> PoolDesired:
        if self.size is not None and self.min_size is not None and self.min_size > self.size:
            raise ValueError(
                f"min_size {self.min_size} is larger than size {self.size}: no I/O would be served; lower it"
            )
        if self.pg_num is not None and self.pg_autoscale_mode == "on":
            raise ValueError(
                "pg_num together with pg_autoscale_mode on: the autoscaler would change it; leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _of_images(self) -> PoolDesired:
        if self.erasure_code_profile is not None and (self.size is not None or self.init is not None):
            raise ValueError("size and init are for replicated pools: an erasure code profile says how much is kept")
        has_images = self.application == "rbd" and self.init is not False and self.erasure_code_profile is None
        if self.trash_purge_schedule is not None and not has_images:
            raise ValueError(
                "trash_purge_schedule is only for a pool that is ready for images: the manager refuses any other; leave"
                " it out, and init: false, too"
            )
        return self


class PoolRecord(EntryRecord):
    """What an adopted pool was like, and what we set on it."""

    before: dict[str, Any] = Field(default_factory=dict, description="The pool's settings and applications before us.")
    ours: dict[str, list[Any]] = Field(default_factory=dict, description="What we set, the newest last.")
    rule: str = Field("", description="The CRUSH rule that the cluster made along with an erasure-coded pool.")


@dataclass(frozen=True)
class PoolObserved:
    """What the cluster says of a pool.

    Attributes:
        where: The admin host as messages name it.
        settings: The pool's settings and applications; none when there is no such pool.
        entry: The journal's entry.
        content: What the pool holds; only read for a deletion.
        unfit: Why the pool cannot hold what is asked of it, with what to do; see `why_unfit`.
        rules: The names of the CRUSH rules; only read where an erasure-coded pool has to be made.
        profiles: The names of the erasure code profiles; only read with `rules`.
    """

    where: str
    settings: dict[str, Any] | None
    entry: Entry[PoolRecord] | None
    content: PoolContent | None = None
    unfit: str = ""
    rules: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


class PoolKind(KindOnCluster[PoolDesired, PoolObserved]):
    """A pool. Settings that are not asked for are left to the cluster; a pool that holds something is never deleted."""

    noun = "pool"
    entry_kind = "pool"
    entry_form = Entry[PoolRecord]
    desired = PoolDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "name": "a renamed pool would be a new, empty pool; rename the pool with `ceph osd pool rename`, see"
        " docs/renaming.md",
        "erasure_code_profile": "a pool keeps the profile that it was made with; make another pool",
    }
    lifecycle = Lifecycle(
        create="Makes the pool with the settings that are given, and enables its application, for RBD images by `rbd"
        " pool init`. A pool that exists is refused, or with `adopt` only recorded.",
        read="Asks the cluster for the pool's settings and applications, and for its purge schedules if one is given.",
        update="Sets what differs. A pool of the stack that is gone is an error that asks, because its data is gone.",
        delete="Deletes a pool that the stack made and that holds nothing; one that holds images, snapshots, images in"
        " the trash or objects is refused. An adopted pool stays, and gets back what the stack has set on it.",
        drift={
            "application": "empty while the application is not enabled",
            **dict.fromkeys(SETTINGS, "the cluster's value, where the input is given"),
        },
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"name": entry.what}

    @override
    def title(self, desired: PoolDesired) -> str:
        return f"pool {desired.name}"

    @override
    def read(self, desired: PoolDesired, machines: Machines) -> PoolObserved:
        cluster, journal = machines.cluster(desired.fsid), ClusterJournal(desired.stack)
        pool = cluster.pools().get(desired.name)
        entry = journal.read(cluster.journal(), self.entry_kind, desired.name, Entry[PoolRecord])
        settings = None if pool is None else observed_settings(pool, cluster.crush_rules())
        if pool and settings and (desired.trash_purge_schedule or (entry and PURGE in entry.record.ours)):
            settings[PURGE] = observed_schedule(pool, cluster.purge_schedules())
        observed = PoolObserved(cluster.host().access.where, settings, entry)
        if pool is None:
            made_of = (cluster.crush_rules().values(), cluster.erasure_code_profiles())
            rules, profiles = map(tuple, made_of) if desired.erasure_code_profile else ((), ())
            return replace(observed, rules=rules, profiles=profiles)
        ours = entry is not None and not entry.adopted
        is_judged = desired.application == "rbd" or desired.erasure_code_profile is not None
        unfit = why_unfit(pool, desired.erasure_code_profile, ours=ours) if is_judged else ""
        return replace(observed, unfit=unfit)

    @override
    def read_for_undo(self, desired: PoolDesired, machines: Machines) -> PoolObserved:
        cluster = machines.cluster(desired.fsid)
        cluster.changed()
        observed = self.read(desired, machines)
        if observed.settings is None or observed.entry is None or observed.entry.adopted:
            return observed
        return replace(observed, content=cluster.content(desired.name))

    @override
    def adoption(self, desired: PoolDesired, observed: PoolObserved) -> list[Step] | None:
        if not takes_over(desired.adopt, observed.settings is not None, observed.entry):
            return None
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), observed.entry, [])

    def _entry(self, desired: PoolDesired, observed: PoolObserved) -> Entry[PoolRecord]:
        entry = observed.entry
        if entry is None:
            adopted = observed.settings is not None
            before = {name: observed.settings.get(name) for name in RECORDED} if observed.settings else {}
            is_made_along = desired.erasure_code_profile and not (desired.crush_rule or adopted)
            # The cluster names the rule as the pool, and leaves a rule that is there already as it is.
            rule = desired.name if is_made_along and desired.name not in observed.rules else ""
            record = PoolRecord(before=before, rule=rule)
            entry = Entry[PoolRecord](kind=self.entry_kind, what=desired.name, adopted=adopted, record=record)
        if not entry.adopted:
            return entry
        # What we set, so that an undo can tell it from what somebody set since: the state holds what refresh found.
        named = (*SETTINGS, *(() if desired.init is False else ("application",)))
        given = {name: getattr(desired, name) for name in named if getattr(desired, name) is not None}
        record, found = entry.record, observed.settings or {}
        # An entry of an earlier version, or from before the setting was asked for, does not know what was there.
        new = given.keys() & SETTINGS.keys() - record.before.keys() - record.ours.keys()
        before = {**record.before, **{name: found.get(name) for name in new}}
        return entry.with_record(before=before, ours=with_values(record.ours, given))

    @override
    def plan(self, desired: PoolDesired, observed: PoolObserved) -> list[Step]:
        found, entry = observed.settings, observed.entry
        if found is not None and entry is None and not desired.adopt:
            raise refuse_foreign(self.title(desired), observed.where, not self._changes(desired, found))
        if observed.unfit:
            raise Refused(f"{observed.where}: {observed.unfit}")
        if found is not None and found["applications"] and desired.application not in found["applications"]:
            raise Refused(
                f"{observed.where}: pool {desired.name} is used by {', '.join(found['applications'])}, not by"
                f" {desired.application}; choose another pool name"
            )
        if found is None and entry is not None and entry.finished:
            raise Refused(
                f"{observed.where}: pool {desired.name} was there and is gone, its data with it; find out who removed"
                " it. For a new, empty pool run `ceph config-key rm"
                f" {ClusterJournal(desired.stack).key(self.entry_kind, desired.name)}`, then `pulumi up`"
            )
        steps = self._made(desired, observed) if found is None else self._changes(desired, found)
        return journalled(ClusterJournal(desired.stack), self._entry(desired, observed), entry, steps)

    def _made(self, desired: PoolDesired, observed: PoolObserved) -> list[Step]:
        profile = desired.erasure_code_profile
        if profile and profile not in observed.profiles:
            raise Refused(
                f"{observed.where}: the cluster has no erasure code profile {profile}; it has"
                f" {', '.join(observed.profiles)}: make it, as by cluster.erasure_code_profiles, or name another one"
            )
        made = mon(
            "osd pool create",
            pool=desired.name,
            pg_num=desired.pg_num,
            pool_type="erasure" if profile else "replicated",
            erasure_code_profile=profile,
            rule=desired.crush_rule,
            size=desired.size,
            autoscale_mode=desired.pg_autoscale_mode,
        )
        return [made, *self._changes(desired, desired.model_dump(include=AT_ONCE))]

    @staticmethod
    def _changes(desired: PoolDesired, found: dict[str, Any]) -> list[Step]:
        steps: list[Step] = []
        if desired.erasure_code_profile and desired.application == "rbd" and not found.get("overwrites"):
            steps.append(mon("osd pool set", pool=desired.name, var="allow_ec_overwrites", val="true"))
        for name, setting in SETTINGS.items():
            # The manager takes a schedule for a pool of images only.
            if name == PURGE and not _is_ready(desired, found.get("applications", ())):
                steps.append(_enabled(desired))
            wanted = getattr(desired, name)
            if wanted is not None and found.get(name) != wanted:
                steps += setting.steps(desired.name, name, found.get(name), wanted)
        return steps

    @override
    def undo(self, desired: PoolDesired, observed: PoolObserved) -> Undo:
        entry, journal = observed.entry, ClusterJournal(desired.stack)
        if entry is None:
            return leave_foreign(observed.where, f"pool {desired.name}", observed.settings is not None)
        forget: list[Step] = [RemoveEntry(journal, self.entry_kind, desired.name)]
        if entry.record.rule:
            # The cluster makes the rule along with the pool, and leaves it there. Another pool may use it by now.
            forget.insert(0, mon("osd crush rule rm", name=entry.record.rule, accept=("ENOENT", "EBUSY")))
        if observed.settings is None:
            return Undo(forget)
        if entry.adopted:
            return Undo([*self._restore(desired, entry, observed.settings), *forget])
        full = why_not_empty(observed.content) if observed.content else ""
        if full:
            raise Refused(
                f"{observed.where}: refusing to delete pool {desired.name}: it holds {full}; move or remove them, then"
                " run again, or keep the pool with `pulumi state delete`"
            )
        delete = mon(
            "osd pool delete",
            pool=desired.name,
            pool2=desired.name,
            yes_i_really_really_mean_it=True,
            accept=("ENOENT",),
        )
        # The entry is unfinished again, so that after a cut the next run knows that we deleted the pool.
        leaving = WriteEntry(journal, entry.model_copy(update={"finished": False}))
        return Undo([leaving, delete, *forget])

    @staticmethod
    def _restore(desired: PoolDesired, entry: Entry[PoolRecord], found: dict[str, Any]) -> list[Step]:
        """Return the steps that put back settings of an adopted pool. Settings that somebody changed since stay."""
        before, ours = entry.record.before, entry.record.ours
        put_back = [
            step
            for name, setting in SETTINGS.items()
            if (before.get(name) is not None or (name in before and setting.can_be_unset))
            and found.get(name) != before[name]
            and name in ours | {"min_size": []}
            and (
                setting.is_ours(found.get(name), ours.get(name, []), before[name])
                # A smaller size has lowered min_size, too.
                or (name == "min_size" and before[name] > found["size"])
            )
            for step in setting.steps(desired.name, name, found.get(name), before[name])
        ]
        enabled = [name for name in ours.get("application", []) if name in found["applications"]]
        known = before.get("applications")  # of a pool that an earlier version took over, it is not
        return put_back + [_disabled(desired.name, name) for name in enabled if known is not None and name not in known]

    @override
    def actual(self, desired: PoolDesired, observed: PoolObserved) -> dict[str, Any]:
        found = observed.settings
        if found is None:
            return {"present": False}
        return {
            "present": True,
            "application": desired.application if _is_ready(desired, found["applications"]) else "",
            **{name: found.get(name) for name in SETTINGS if getattr(desired, name) is not None},
        }


def _is_ready(desired: PoolDesired, applications: Collection[str]) -> bool:
    """Return whether nothing has to be enabled: the application is, or nobody asks for it."""
    return desired.application in applications or desired.init is False


def _enabled(desired: PoolDesired) -> Step:
    """Return the step that enables the application, and prepares a pool of RBD images for them."""
    if desired.application == "rbd" and desired.erasure_code_profile is None:
        return PoolInit(desired.name)
    return mon("osd pool application enable", pool=desired.name, app=desired.application)


def _disabled(pool: str, application: str) -> Step:
    return mon("osd pool application disable", pool=pool, app=application, yes_i_really_mean_it=True)
