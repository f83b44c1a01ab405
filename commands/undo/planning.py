"""Plans how a stack leaves a host or the cluster: reads the journal, and what is there now."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from commands.undo.entries import ordered, undone_by
from commands.undo.planned_undo import PlannedUndo
from providers.errors import HostError, ProviderError
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry, parsed
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.reach.cloud import NotTheCloud
from providers.reach.machines import Machines
from providers.redaction import redacted_line


def plan_on_host(stack: str, host: str, machines: Machines) -> list[PlannedUndo]:
    """Return what the stack's journal on the host holds, in the order in which it is undone."""
    journal = HostJournal(stack)
    files = machines.host(host).read_files([], patterns=[f"{journal.folder}/*.json"])
    entries = [parsed(state.content or "", path, Entry[EntryRecord]) for path, state in sorted(files.items())]
    return [_planned(entry, stack, host, machines) for entry in ordered(entries)]


def plan_in_cluster(
    stack: str, fsid: str, machines: Machines, cloud: Mapping[str, str] = MappingProxyType({})
) -> list[PlannedUndo]:
    """Return what the stack's journal in the cluster holds, in the order in which it is undone.

    Args:
        stack: Name of the stack.
        fsid: The cluster.
        machines: The hosts and the cluster.
        cloud: Fields of `CloudName` that differ from those that the stack was made with.
    """
    prefix = f"{ClusterJournal(stack).prefix}/"
    found = machines.cluster(fsid).journal()
    texts = {key: text for key, text in sorted(found.items()) if key.startswith(prefix)}
    entries = [parsed(text, f"config-key {key}", Entry[EntryRecord]) for key, text in texts.items()]
    return [_planned(entry, stack, machines.admin_of(fsid), machines, fsid, cloud) for entry in ordered(entries)]


def _planned(
    entry: Entry[EntryRecord],
    stack: str,
    host: str,
    machines: Machines,
    fsid: str = "",
    cloud: Mapping[str, str] = MappingProxyType({}),
) -> PlannedUndo:
    provider, props = undone_by(entry, stack, host)
    if fsid:
        props["fsid"] = fsid
    if "cloud" in props:
        props["cloud"] = {**(props["cloud"] or {}), **cloud}
    kind = provider.kind
    desired = kind.desired.model_construct(**props)
    try:
        undo = kind.undo(desired, kind.read_for_undo(desired, machines))
    except (NotTheCloud, HostError) as problem:
        if "cloud" not in props:
            return PlannedUndo(entry, provider, props, refusal=redacted_line(str(problem)))
        key = ClusterJournal(stack).key(entry.kind, entry.what)
        left = f"{redacted_line(str(problem))}; when that cloud is gone for good: `ceph config-key rm {key}`"
        return PlannedUndo(entry, provider, props, left=left)
    except ProviderError as problem:
        return PlannedUndo(entry, provider, props, refusal=redacted_line(str(problem)))
    return PlannedUndo(entry, provider, props, undo.steps, undo.warnings)
