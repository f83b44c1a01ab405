"""Takes a stack off one host, or off the cluster, by the journal alone: for when the stack's state is lost.

It does what `pulumi destroy` would do there, with the same code and the same refusals. A pool that holds anything, a user with
open sessions and a secret that a domain names are refused, and then nothing at all is changed. What is in an OpenStack that is gone, or
is another one by now, is left, and holds up nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from commands.entries import ordered, undone_by
from providers.base import ManagedProvider, one_line
from providers.errors import HostError, ProviderError
from providers.host.service import RUN_FOLDER
from providers.journal import FOLDER, ClusterJournal, Entry, HostJournal, parsed
from providers.reach import machines as current_machines
from providers.reach.cloud import NotTheCloud
from providers.reach.cluster import CLUSTER_PREFIX
from providers.reach.host import files_at
from providers.reach.machines import Machines
from providers.reach.steps import Step
from providers.redaction import redacted_line

Say = Callable[[str], None]


@dataclass(frozen=True)
class Item:
    """One entry, and what undoing it comes to.

    refusal -- why it must not be undone now, empty when it may
    left -- why it is left alone while the others are undone: the cloud that has it is gone, or another one
    """

    entry: Entry
    provider: ManagedProvider
    props: dict[str, Any]
    steps: list[Step]
    warnings: list[str]
    refusal: str = ""
    left: str = ""

    def lines(self) -> list[str]:
        """Return the listing: the thing, who made it, and each step that is more than keeping the journal."""
        entry = self.entry
        made = "taken over" if entry.adopted else "made" if entry.finished else "begun"
        head = f"{entry.kind} {entry.what.replace('#', ' of ')}: {made} by {entry.by} at {entry.at}"
        steps = [f"    {step}" for step in self.steps if not _housekeeping(step)]
        notes = [f"    warning: {warning}" for warning in self.warnings]
        if self.refusal:
            notes.append(f"    refused: {self.refusal}")
        if self.left:
            notes.append(f"    left: {self.left}")
        return [
            f"  {head}",
            *(steps or ["    forget it"] if not self.refusal and not self.left else []),
            *notes,
        ]


def on_host(stack: str, host: str, machines: Machines) -> list[Item]:
    """Return what the stack's journal on the host holds, in the order in which it is undone."""
    journal = HostJournal(stack)
    files = files_at(machines.host(host), [], patterns=[f"{journal.folder}/*.json"])
    entries = [parsed(state.content or "", path) for path, state in sorted(files.items())]
    return [_item(entry, stack, host, machines) for entry in ordered(entries)]


def in_cluster(stack: str, fsid: str, machines: Machines, cloud: dict[str, str] | None = None) -> list[Item]:
    """Return what the stack's journal in the cluster holds.

    cloud -- fields of `CloudName` that are others now than when the stack was made
    """
    prefix = f"{ClusterJournal(stack).prefix}/"
    found = machines.cluster(fsid).journal()
    entries = [parsed(text, f"config-key {key}") for key, text in sorted(found.items()) if key.startswith(prefix)]
    items = []
    for entry in ordered(entries):
        items.append(_item(entry, stack, machines.admin_host, machines, fsid, cloud or {}))
    return items


def _item(
    entry: Entry,
    stack: str,
    host: str,
    machines: Machines,
    fsid: str = "",
    cloud: Mapping[str, str] = MappingProxyType({}),
) -> Item:
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
            return Item(entry, provider, props, [], [], redacted_line(str(problem)))
        key = ClusterJournal(stack).key(entry.kind, entry.what)
        left = f"{redacted_line(str(problem))}; when that cloud is gone for good: `ceph config-key rm {key}`"
        return Item(entry, provider, props, [], [], left=left)
    except ProviderError as problem:
        return Item(entry, provider, props, [], [], redacted_line(str(problem)))
    return Item(entry, provider, props, undo.steps, undo.warnings)


def run(items: list[Item], say: Say, *, really: bool) -> int:
    """List the items and, when told so, undo them; return the exit status."""
    for item in items:
        for line in item.lines():
            say(line)
    refused = [item for item in items if item.refusal]
    if refused:
        say(f"nothing was changed: {len(refused)} of {len(items)} are refused, see above")
        return 1
    todo = [item for item in items if not item.left]
    left = len(items) - len(todo)
    if not really:
        undone = f"{len(todo)}, and leaves {left}, see above" if left else f"all {len(items)}"
        say(f"nothing was changed: this only lists; --really undoes {undone}")
        return 0
    failed = 0
    for item in todo:
        try:
            with one_line():
                item.provider.delete("", item.props)
        except ProviderError as problem:
            failed += 1
            say(f"error: {problem}")
    say(
        f"{len(todo) - failed} undone"
        + (f", {left} left, see above" if left else "")
        + (f", {failed} failed; correct the cause, then run it again" if failed else "")
    )
    return 1 if failed or left else 0


def _housekeeping(step: Step) -> bool:
    """Whether a step only keeps our own journal, or the record of a restart."""
    return any(place in str(step) for place in (FOLDER, RUN_FOLDER, f"{CLUSTER_PREFIX}/"))


def use(machines: Machines) -> None:
    """Let the providers work on these machines, as the engine would by `configure`."""
    current_machines.replace_current(machines)


def fsid_of(machines: Machines) -> str:
    """Return the fsid of the cluster that the admin host speaks for."""
    answer = machines.host(machines.admin_host).call("mon_read", command={"prefix": "fsid"}, hide_keys=True)
    return str(answer["fsid"])
