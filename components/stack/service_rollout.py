"""ServiceRollout: the batches in which a service's hosts are changed, and what follows for the hosts of a stack.

A rollout goes by hosts. A host is changed wholly, files and restarts, or not at all: a file on a host whose restart is
held back would be read at the host's next boot, whether the canary works or not. Therefore a host waits for every
restart on the hosts of the former batch, also of services that have no rollout of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from components.stack.wired_service import WiredService


@dataclass(frozen=True)
class ServiceRollout:
    """The batches in which a service's hosts are changed.

    Attributes:
        service: the name of the service.
        batches: hosts by batch, the canaries first. No batch is empty.
    """

    service: str
    batches: tuple[tuple[str, ...], ...]


def service_rollouts(wired_services: Iterable[WiredService]) -> tuple[ServiceRollout, ...]:
    """Return the rollout of each service whose settings ask for one, and whose hosts make more than one batch."""
    found = []
    for wired in wired_services:
        asked = wired.mine.rollout
        if asked is None:
            continue
        canary = [host for host in wired.mine.hosts if host in asked.canary]
        others = [host for host in wired.mine.hosts if host not in asked.canary]
        batches = (*_cut(canary, asked.batch), *_cut(others, asked.batch))
        if len(batches) > 1:
            found.append(ServiceRollout(wired.service.name, batches))
    return tuple(found)


def _cut(hosts: Sequence[str], size: int | None) -> list[tuple[str, ...]]:
    step = size or max(len(hosts), 1)
    return [tuple(hosts[start : start + step]) for start in range(0, len(hosts), step)]


def hosts_before(rollouts: Iterable[ServiceRollout]) -> dict[str, list[str]]:
    """Return the hosts that each host waits for: those of the batch before its own."""
    found: dict[str, dict[str, None]] = {}
    for rollout in rollouts:
        for former, batch in pairwise(rollout.batches):
            for host in batch:
                found.setdefault(host, {}).update(dict.fromkeys(former))
    return {host: list(former) for host, former in found.items()}


def circle(rollouts: Iterable[ServiceRollout]) -> list[str]:
    """Return hosts of which each waits for the next, and the last is the first; empty when there is no such circle."""
    try:
        TopologicalSorter(hosts_before(rollouts)).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def waves(rollouts: Iterable[ServiceRollout]) -> Mapping[str, int]:
    """Return how many hosts, one after the other, are changed before each host. A host of no rollout is left out."""
    before, found = hosts_before(rollouts), dict[str, int]()
    for host in TopologicalSorter(before).static_order():
        found[host] = max((found[former] + 1 for former in before.get(host, [])), default=0)
    return found
