"""A systemd service that has to run with the configuration that is on disk.

Each service has two resources, because a restart is needed on the way up and on the way down. One is made after the
files: its create and update restart (`restart_on: change`). One is made before the files: its delete restarts
(`restart_on: removal`), because a destroy goes through the resources in reverse.

A restart is needed when the running process has read something else than is there now. After each restart the digest
of the watched options and systemd's InvocationID are recorded under /run. The digest is also in the journal, which
outlives a reboot. An option that this run repaired restarts its readers, too, even if no reader restarted meanwhile,
because a reader may have been told to reload the option.

Where the settings defer restarts, a run that owes one says so, and marks in the journal which process it has left
running. A later run without the deferral restarts that process, unless somebody has by then. A removal is not deferred,
because no resource is left then that could owe the restart.

A service that is taken over is only recorded by its first run. What is found is what is wanted, so a process that runs
then counts as current, also one that is older than its files. Only what has changed since the stack first wrote to the
unit's journal is not as found: the stack itself may have written it in a run that was cut off. Where the first run has
only recorded a file, too, the next run changes the file, and nothing in the inputs of the service says so. Hence the
service remembers such files itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from providers.adoption import takes_over
from providers.desired import remembered, reported
from providers.errors import ProviderError, Refused
from providers.formats.paths import AbsolutePath
from providers.host.former_service import service_inputs
from providers.host.ready import Ready, wait_until_ready
from providers.host.restart import Restart
from providers.host.run_record import RemoveRunRecord, RunRecord, WriteRunRecord
from providers.host.service_lifecycle import LIFECYCLE
from providers.host.watched import (
    NEVER,
    as_first_seen,
    changed_since,
    in_order,
    other_orders,
    read_watched,
    waits_for,
    watched_digest,
)
from providers.host.watched_file import WatchedFile
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, WriteEntry, journalled
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.on_host import KindOnHost, OnHost
from providers.plan import Elsewhere, Step
from providers.reach.answers.unit_state import UnitState
from providers.reach.machines import Machines
from providers.reach.steps import Run
from providers.undo import Undo

_STOPS_WITHIN_S = 300
"""Seconds for a stop or a restart. nova-compute of 2026.2 takes 170 s, because it waits for its tasks to end."""
CHANGE, REMOVAL = "service-change", "service-removal"
"""Kinds of journal entries: of the resource that restarts after a change, and of the resource that does on removal."""


class ServiceDesired(OnHost):
    """A unit, and when it is restarted."""

    fsid: str = Field(
        "", description="The cluster whose keys the watched keyrings hold; empty: the keys are not compared."
    )
    unit: str = Field(
        pattern=r"^[A-Za-z0-9:_.@-]+$", description="systemd unit, such as `glance-api` or `glance-api.service`."
    )
    restart_on: Literal["change", "removal"] = Field(
        "change", description="When the unit is restarted: after files were written, or after files were taken out."
    )
    watch: dict[AbsolutePath, WatchedFile] = Field(
        default_factory=dict, description="Path of each file that the service reads, and what the stack writes there."
    )
    ready: Ready = Field(
        default_factory=lambda: Ready.model_validate({}),
        description="What a restart waits for: how the service itself says that it works.",
    )
    adopt: Literal[True] | None = Field(
        None, description="Take over a service that is there: the first run only records it, and restarts nothing."
    )
    restart: Literal["deferred"] | None = Field(
        None, description="`deferred`: files are written, and the process goes on with what it has read. Default: none."
    )
    active: bool = reported(True, "False when the service does not run.")
    configuration: str = reported("current", "`stale` when the process runs with something else than is on disk.")
    # The invocation that the last refresh found to be current.
    checked: str = remembered(default="")
    # Files that the last run has only recorded, and that the next run changes.
    waits: list[str] = remembered(default_factory=list)

    @override
    def as_stored(self) -> ServiceDesired:
        """Return the inputs with the unit's full name: `glance-api` is `glance-api.service`."""
        return self if "." in self.unit else self.model_copy(update={"unit": f"{self.unit}.service"})


class ServiceRecord(EntryRecord):
    """How the service was before us, and what its process has read since."""

    was_active: bool = Field(True, description="Whether the service ran before us.")
    digest: str | None = Field(
        None, description="Digest of the watched options when we last restarted the service, or took it over."
    )
    found: str | None = Field(
        None, description="InvocationID of the process as the service was taken over; none for one that was not."
    )
    deferred: str | None = Field(
        None, description="InvocationID of the process whose restart was deferred; empty when no process ran."
    )


@dataclass(frozen=True)
class ServiceObserved:
    """What a restart depends on.

    Attributes:
        where: The host as messages name it.
        state: What systemd says of the unit.
        run: What was recorded at our last restart.
        entry: The journal's entry.
        digest: Digest of the watched options as they are on disk now.
        newest_ns: When the newest of the watched files changed last.
        digest_before: The same digest as of before this run changed any of the files.
        newest_before_ns: When the newest of the files had changed by then.
        checked: InvocationID of the process that a refresh found to be current.
        has_valid_keys: False when the cluster has another key than a watched keyring.
        this_run: Id of the run that observed all this.
        waits: Watched files that this run has only recorded, and in which the next run changes what is watched.
        newer: Watched files that had changed last after the process started, before this run changed any of them.
        begun_ns: When this stack first wrote to the unit's journal, which is before it writes any watched file; 0 when
            the journal does not say so.
    """

    where: str
    state: UnitState
    run: RunRecord | None
    entry: Entry[ServiceRecord] | None
    digest: str
    newest_ns: int
    digest_before: str = ""
    newest_before_ns: int = NEVER
    checked: str = ""
    has_valid_keys: bool = True
    this_run: str = ""
    waits: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    begun_ns: int = 0

    @property
    def is_active(self) -> bool:
        """Whether the service runs, or is about to."""
        return self.state.active_state in ("active", "activating", "reloading")

    @property
    def restarted_by_us(self) -> bool:
        """Whether the process that runs now was started by our last restart, and was ready."""
        return self.run is not None and self.run.invocation == self.state.invocation_id

    @property
    def is_current(self) -> bool:
        """Whether the running process has read what is on disk now."""
        if self.is_deferred:
            return False
        if self.run is not None and self.restarted_by_us:
            return self.run.digest == self.digest
        recorded = self.entry.record.digest if self.entry else None
        invocation = self.state.invocation_id
        started = self.started_after_change or self.started_before_other_changes or self.was_current_when_found
        return recorded in (None, self.digest) and (started or invocation == self.checked != "")

    @property
    def is_deferred(self) -> bool:
        """Whether the process is the one that a run has left running although a restart was due."""
        return self.entry is not None and self.entry.record.deferred == self.state.invocation_id

    @property
    def restarted_in_this_run(self) -> bool:
        """Whether this run has restarted the service already."""
        return self.run is not None and self.run.by == self.this_run

    @property
    def repaired(self) -> bool:
        """Whether this run put back a watched option, and has not restarted the service since."""
        return self.entry is not None and not self.restarted_in_this_run and self.digest_before != self.digest

    @property
    def restart_cut_off(self) -> bool:
        """Whether a restart was begun and never seen to be ready."""
        return self.entry is not None and not self.entry.finished

    @property
    def is_as_found(self) -> bool:
        """Whether the process is the one that ran when the service was taken over, or none runs and none did."""
        return self.entry is not None and self.entry.record.found == self.state.invocation_id

    @property
    def was_current_when_found(self) -> bool:
        """Whether the process is the one that was taken over, and had read by then what is watched now."""
        entry = self.entry
        return entry is not None and entry.finished and self.is_as_found and entry.record.digest == self.digest

    @property
    def older_than(self) -> tuple[str, ...]:
        """Watched files that changed last after the process had started which was taken over and still runs."""
        return self.newer if self.was_current_when_found else ()

    @property
    def digest_as_found(self) -> str | None:
        """Digest of what counts as read by the process that runs, as the service is taken over; None for nothing."""
        if self.is_current:
            return self.digest
        return self.digest_before if self.is_active and self.newest_before_ns < self.begun_ns else None

    @property
    def started_after_change(self) -> bool:
        """Whether the process started after the newest watched file changed."""
        return bool(self.state.started_usec) and self.state.started_usec * 1000 > self.newest_ns

    @property
    def started_before_other_changes(self) -> bool:
        """Whether the process read the files before this run, which changed nothing in them that is watched."""
        started_ns = self.state.started_usec * 1000
        return self.digest_before == self.digest and started_ns > self.newest_before_ns


class ServiceKind(KindOnHost[ServiceDesired, ServiceObserved]):
    """A service. Its plan has one step that is not a host's: the restart, and the waiting after the restart."""

    noun = "service"
    entry_form = Entry[ServiceRecord]
    desired = ServiceDesired
    former = ("reads",)
    fixed = {
        "host": "the host is part of the resource's name; give the new host a resource of its own",
        "unit": "give the other unit a resource of its own",
        "restart_on": "it decides what a deletion does; keep it",
    }
    lifecycle = LIFECYCLE

    @override
    def title(self, desired: ServiceDesired) -> str:
        return f"service {desired.unit} on {desired.host} ({desired.restart_on})"

    @override
    def lock(self, desired: ServiceDesired) -> str:
        return desired.unit

    @override
    def upgraded(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        return service_inputs(inputs, beside)

    @override
    def with_old_state(self, desired: ServiceDesired, olds: dict[str, Any]) -> ServiceDesired:
        """Keep what a refresh saw, because an option may be repaired while the process has read the wrong value.

        Of a restart that was deferred the journal knows which process it is about, and the state does not.
        """
        was = "current" if olds.get("restart") == "deferred" else olds.get("configuration", "current")
        seen = {"configuration": was, "checked": olds.get("checked", "")}
        return desired.model_copy(update=seen)

    def _entry_kind(self, desired: ServiceDesired) -> str:
        return CHANGE if desired.restart_on == "change" else REMOVAL

    @override
    def entry_kinds(self) -> tuple[str, ...]:
        return CHANGE, REMOVAL

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"unit": entry.what, "restart_on": "change" if entry.kind == CHANGE else "removal"}

    def _run_file(self, desired: ServiceDesired) -> str:
        return RunRecord.path(desired.stack, desired.unit)

    @override
    def read(self, desired: ServiceDesired, machines: Machines) -> ServiceObserved:
        return self._observed(desired, machines, self._wanted_keys(desired, machines))

    @override
    def read_for_undo(self, desired: ServiceDesired, machines: Machines) -> ServiceObserved:
        """Read without the cluster's keys, because a deletion has to work when the cluster is gone."""
        return self._observed(desired, machines, {})

    @staticmethod
    def _wanted_keys(desired: ServiceDesired, machines: Machines) -> dict[str, str]:
        """Return SHA-256 of the key of each keyring, by path, as its cluster has it.

        Without those of a cluster that cannot be asked, which the keyrings report.
        """
        keyrings = {path: file for path, file in desired.watch.items() if file.entity is not None}
        found: dict[str, str] = {}
        if not desired.fsid or desired.restart_on == "removal":
            return found
        for path, file in keyrings.items():
            with suppress(ProviderError):
                found[path] = machines.cluster(file.fsid or desired.fsid).key_digest(file.entity or "")
        return found

    def _observed(self, desired: ServiceDesired, machines: Machines, keys: dict[str, str]) -> ServiceObserved:
        host, journal, watch = machines.host(desired.host), HostJournal(desired.stack), in_order(desired.watch)
        run_file, entry_file = self._run_file(desired), journal.path(self._entry_kind(desired), desired.unit)
        begun_file = journal.path(REMOVAL, desired.unit)  # the resource that is made before the unit's files
        files = read_watched(host, watch, run_file, entry_file, begun_file)
        before = as_first_seen(desired.host, watch, files, machines)
        digest, newest = watched_digest(watch, files)
        digest_before, newest_before = watched_digest(watch, before)
        recorded = {watched_digest(order, files)[0]: digest for order in other_orders(watch)}
        state = host.unit_state(desired.unit)
        return ServiceObserved(
            where=host.access.where,
            state=state,
            run=_run(RunRecord.parsed(files.get(run_file)), recorded),
            entry=_entry(journal.read(files, self._entry_kind(desired), desired.unit, Entry[ServiceRecord]), recorded),
            digest=digest,
            newest_ns=newest,
            digest_before=digest_before,
            newest_before_ns=newest_before,
            checked=desired.checked,
            has_valid_keys=all(file.has_key(files.get(file.path), keys.get(file.path)) for file in watch),
            this_run=machines.run_id,
            waits=waits_for(desired.host, watch, files, machines),
            newer=changed_since(watch, before, state.started_usec),
            begun_ns=files[begun_file].ctime_ns if begun_file in files else 0,
        )

    @override
    def adoption(self, desired: ServiceDesired, observed: ServiceObserved) -> list[Step] | None:
        """Record the service, its process and what counts as read by it."""
        loaded, entry = observed.state.load_state == "loaded", observed.entry
        if not takes_over(desired.adopt, loaded, entry):
            return None
        if entry is not None:
            return []
        record = ServiceRecord(
            was_active=observed.is_active,
            digest=observed.digest_as_found if desired.restart_on == "change" else None,
            found=observed.state.invocation_id,
        )
        if not observed.is_active and self.deferred(desired, observed):
            record = record.changed(digest=observed.digest, deferred=observed.state.invocation_id)
        made = Entry[ServiceRecord](
            kind=self._entry_kind(desired),
            what=desired.unit,
            finished=True,
            adopted=True,
            record=record,
            host=desired.host,
        )
        return [WriteEntry(HostJournal(desired.stack), made)]

    @override
    def warnings_of_adoption(self, desired: ServiceDesired, observed: ServiceObserved) -> list[str]:
        if desired.restart_on == "removal" or not observed.older_than:
            return []
        files = " and ".join(observed.older_than)
        return [
            f"{observed.where}: {desired.unit} was started before {files} changed last, and is taken over as it runs,"
            " because nobody can tell which lines its process has read; if in doubt, run"
            f" `systemctl restart {desired.unit}` there in a maintenance window"
        ]

    @override
    def later(self, desired: ServiceDesired, observed: ServiceObserved) -> list[str]:
        files = sorted({*desired.waits, *observed.waits}) if desired.restart_on == "change" else []
        how = " (deferred)" if desired.restart else ""
        return [f"systemctl restart {desired.unit} after {' and '.join(files)}{how}"] if files else []

    @override
    def deferred(self, desired: ServiceDesired, observed: ServiceObserved) -> list[str]:
        due = desired.restart == "deferred" and desired.restart_on == "change" and self._is_due(desired, observed)
        return [f"systemctl restart {desired.unit}"] if due else []

    @override
    def quiet(self, news: Mapping[str, Any]) -> Collection[str]:
        """Return what says how to restart and how to look, because whether a restart is due is in other fields.

        Those wait while restarts are deferred.
        """
        if news.get("restart_on") == "removal":
            return ("ready",)
        deferred = ("configuration", "active") if news.get("restart") == "deferred" else ()
        return "restart", "ready", *deferred

    @staticmethod
    def _is_due(desired: ServiceDesired, observed: ServiceObserved) -> bool:
        seen = desired.configuration == "stale" and not observed.restarted_in_this_run
        return (
            seen or observed.repaired or observed.restart_cut_off or not observed.is_active or not observed.is_current
        )

    @override
    def plan(self, desired: ServiceDesired, observed: ServiceObserved) -> list[Step]:
        state = observed.state
        if state.load_state != "loaded":
            raise Refused(
                f"{observed.where}: there is no unit {desired.unit} ({state.load_state}); install the service or"
                " correct the host list, then run again"
            )
        journal, kind = HostJournal(desired.stack), self._entry_kind(desired)
        entry = observed.entry or Entry[ServiceRecord](
            kind=kind, what=desired.unit, record=ServiceRecord(was_active=observed.is_active)
        )
        entry = entry.model_copy(update={"host": desired.host})
        if desired.restart_on == "removal":
            return journalled(journal, entry, observed.entry, [])
        entry = entry.with_record(digest=observed.digest)
        if self.deferred(desired, observed):
            return journalled(journal, entry.with_record(deferred=observed.state.invocation_id), observed.entry, [])
        if not self._is_due(desired, observed):
            return journalled(journal, entry, observed.entry, [])
        restart = Restart(desired.unit, f"digest {observed.digest[:12]}")
        return journalled(journal, entry.with_record(deferred=None), observed.entry, [restart])

    @override
    def elsewhere(self, desired: ServiceDesired, step: Elsewhere, rest: list[Step], machines: Machines) -> list[Step]:
        """Restart the service, wait until its log says that it works, and record what the new process has read."""
        if not isinstance(step, Restart):
            return super().elsewhere(desired, step, rest, machines)
        host, ready = machines.host(desired.host), desired.ready
        start = host.restart_unit(step.unit, ready.log, timeout_s=_STOPS_WITHIN_S)
        state = wait_until_ready(host, step.unit, ready, start, machines.clock)
        if desired.restart_on == "removal":
            return rest
        watch = in_order(desired.watch)
        digest, _ = watched_digest(watch, read_watched(host, watch))
        record = RunRecord(invocation=state.invocation_id, digest=digest, by=machines.run_id)
        return [WriteRunRecord(self._run_file(desired), record), *rest]

    @override
    def undo(self, desired: ServiceDesired, observed: ServiceObserved) -> Undo:
        entry, steps = observed.entry, list[Step]()
        if entry is None:
            return Undo([])
        if desired.restart_on == "change":
            started_by_us = observed.is_active and observed.restarted_by_us
            stop = entry.adopted and not entry.record.was_active and started_by_us
            steps = [*([_stopping(desired)] if stop else []), RemoveRunRecord(self._run_file(desired))]
        elif observed.state.load_state == "loaded" and not (
            observed.is_as_found or (observed.is_active and observed.started_after_change)
        ):
            was_active = entry.record.was_active
            steps = [Restart(desired.unit, "with what was there before")] if was_active else [_stopping(desired)]
        return Undo([*steps, RemoveEntry(HostJournal(desired.stack), self._entry_kind(desired), desired.unit)])

    @override
    def actual(self, desired: ServiceDesired, observed: ServiceObserved) -> dict[str, Any]:
        if desired.restart_on == "removal":
            return {"active": True, "configuration": "current"}
        current = observed.is_current and observed.has_valid_keys and not observed.repaired
        stale = observed.is_active and not current  # a service that does not run has read nothing
        return {"active": observed.is_active, "configuration": "stale" if stale else "current"}

    @override
    def extra_state(self, desired: ServiceDesired, observed: ServiceObserved) -> dict[str, Any]:
        waits = sorted({*desired.waits, *observed.waits})
        return {
            "checked": observed.state.invocation_id if observed.is_current else "",
            **({"waits": waits} if waits else {}),
        }


def _run(run: RunRecord | None, recorded: dict[str, str]) -> RunRecord | None:
    """Return the record with today's digest in place of the digest that an earlier version made of the same files."""
    return run and run.model_copy(update={"digest": recorded.get(run.digest, run.digest)})


def _entry(entry: Entry[ServiceRecord] | None, recorded: dict[str, str]) -> Entry[ServiceRecord] | None:
    """Return the entry with today's digest in place of the digest that an earlier version made of the same files."""
    if entry is None or entry.record.digest not in recorded:
        return entry
    return entry.with_record(digest=recorded[entry.record.digest])


def _stopping(desired: ServiceDesired) -> Run:
    return Run(("systemctl", "stop", desired.unit), timeout_s=_STOPS_WITHIN_S)
