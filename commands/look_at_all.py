"""Looks at every resource of a stack, through the kinds that make and change it, and changes nothing.

No state of Pulumi is needed, because the graph says what is wanted, and the journals say what this stack made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from commands.difference import differences
from commands.looked_at import LookedAt
from components.stack.graph import Graph
from providers.ceph.cluster import ClusterDesired
from providers.desired import Desired
from providers.errors import ProviderError, Refused
from providers.kind import Kind
from providers.models import GuardDesired
from providers.on_cluster import OnCluster
from providers.on_host import OnHost
from providers.plan import shown
from providers.reach.machines import Machines
from providers.redaction import redacted_line
from providers.resources import resource_for

THREADS = 64
NOWHERE = "the stack"

Told = Callable[[int, int], None]


def _untold(done: int, of: int) -> None:
    """Tell nobody."""


def look_at_all(graph: Graph, machines: Machines, told: Told = _untold) -> list[LookedAt]:
    """Return every resource of the stack with what was found, ordered as the graph is.

    All hosts are reached side by side, over one connection each, before anything is read: many hosts that do not
    answer then keep nobody waiting longer than one does.

    Args:
        graph: What the stack wires.
        machines: The hosts, the cluster and the OpenStack.
        told: Is told after each resource how many were looked at, and how many there are.
    """
    models = {
        name: node.model.as_stored()
        for name, node in graph.nodes.items()
        if isinstance(node.model, Desired) and not _looks_at_deletions_only(node.model)
    }
    silent = _silent_hosts(models, machines)
    with ThreadPoolExecutor(THREADS) as pool:
        asked = {pool.submit(_looked_at, name, model, machines, silent): name for name, model in models.items()}
        found = {}
        for number, answer in enumerate(as_completed(asked), start=1):
            found[asked[answer]] = answer.result()
            told(number, len(models))
    return [found[name] for name in models]


def _looks_at_deletions_only(model: Desired) -> bool:
    return isinstance(model, GuardDesired) and model.guards == "removal"


def _silent_hosts(models: Mapping[str, Desired], machines: Machines) -> dict[str, str]:
    """Return the hosts that cannot be reached, each with the reason."""
    clusters = [machines.admin_or_none(model.fsid) for model in models.values() if isinstance(model, OnCluster)]
    hosts = [*filter(None, clusters), *(model.host for model in models.values() if isinstance(model, OnHost))]
    names = list(dict.fromkeys(hosts))

    def why(host: str) -> str:
        try:
            machines.host(host).identity()
        except ProviderError as problem:
            return redacted_line(str(problem))
        return ""

    with ThreadPoolExecutor(THREADS) as pool:
        return {host: reason for host, reason in zip(names, pool.map(why, names), strict=True) if reason}


def _looked_at(name: str, model: Desired, machines: Machines, silent: Mapping[str, str]) -> LookedAt:
    kind: Kind[Any, Any] = resource_for(type(model)).provider.kind
    where = _where(model, machines)
    what = kind.title(model).replace(f" on {where}", "", 1).removesuffix(f" of {where}").removesuffix(" (change)")
    if where in silent:
        return LookedAt(name, what, where, model, unseen=silent[where])
    try:
        return _compared(LookedAt(name, what, where, model), kind, machines)
    except ProviderError as problem:
        text = redacted_line(str(problem))
        if isinstance(model, ClusterDesired) and isinstance(problem, Refused):
            return LookedAt(name, what, where, model, refusal=text)  # the cluster that answers is another one
        return LookedAt(name, what, where, model, unseen=text)
    except Exception as problem:  # noqa: BLE001 - a defect of ours must not hide the other resources
        text = redacted_line(f"internal error, please report it: {type(problem).__name__}: {problem}")
        return LookedAt(name, what, where, model, unseen=text)


def _compared(looked_at: LookedAt, kind: Kind[Any, Any], machines: Machines) -> LookedAt:
    """Return the resource with what differs, and with what `pulumi up` would do or refuse."""
    model = looked_at.model
    observed = kind.read(model, machines)
    deferred = kind.deferred(model, observed)
    found = differences(model.model_dump(exclude_none=True), kind.actual(model, observed))
    if deferred:  # the process has read something else then, as everybody knows
        found = [difference for difference in found if difference.name != "configuration"]
    steps: list[str] = []
    records, refusal = False, ""
    try:
        planned = kind.plan(model, observed)
        steps, records = [redacted_line(step) for step in shown(planned)], bool(planned)
    except Refused as problem:
        refusal = redacted_line(str(problem))
    lacks_entry = hasattr(observed, "entry") and observed.entry is None
    return LookedAt(
        looked_at.name,
        looked_at.what,
        looked_at.where,
        model,
        differences=tuple(found),
        steps=tuple(steps),
        records=records,
        refusal=refusal,
        deferred=tuple(deferred),
        unmade=lacks_entry and (records or bool(refusal)),
        adopts=lacks_entry and not refusal and kind.adoption(model, observed) is not None,
    )


def _where(model: Desired, machines: Machines) -> str:
    if isinstance(model, OnHost):
        return model.host
    if isinstance(model, GuardDesired):
        return NOWHERE
    cloud = getattr(model, "cloud", None)
    if cloud is not None:
        return f"cloud {cloud.name}"
    return (machines.admin_or_none(model.fsid) if isinstance(model, OnCluster) else "") or NOWHERE
