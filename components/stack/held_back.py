"""What a failed batch of a rollout keeps from being changed, for the end of a run that failed."""

from __future__ import annotations

from collections.abc import Collection

from components.stack.graph import Graph
from components.stack.remote_command import RemoteCommand
from components.stack.restart_notices import hosts_text
from components.stack.service_rollout import ServiceRollout
from providers.models import OnHost


def held_back(graph: Graph, failed: Collection[str]) -> list[str]:
    """Return a line for each rollout of which a batch failed: which batch, where, and what was not changed therefore.

    Args:
        graph: the stack.
        failed: logical names of the resources that failed themselves.
    """
    hosts = {_host(graph, name) for name in failed}
    return [line for rollout in graph.rollouts if (line := _line(rollout, hosts))]


def _host(graph: Graph, name: str) -> str:
    """Return the host of a resource; empty for one that is on no host. The name of a command ends in the host's."""
    model = graph.nodes[name].model if name in graph.nodes else None
    if isinstance(model, OnHost):
        return model.host
    hosts = {node.model.host for node in graph.nodes.values() if isinstance(node.model, OnHost)}
    ends = [host for host in hosts if name.endswith(f"-{host}")]
    return max(ends, key=len, default="") if isinstance(model, RemoteCommand) else ""


def _line(rollout: ServiceRollout, failed: Collection[str]) -> str:
    for number, batch in enumerate(rollout.batches, start=1):
        at_fault = [host for host in batch if host in failed]
        held = [host for later in rollout.batches[number:] for host in later]
        if at_fault and held:
            return (
                f"ceph-openstack:{rollout.service}.rollout: batch {number} of {len(rollout.batches)} failed on "
                f"{hosts_text(at_fault)}, therefore nothing was changed on {hosts_text(held)}"
            )
    return ""
