"""What an operator reads in each run of batches of hosts, and of restarts that are deferred."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.notice import Notice
from components.stack.inventory import Inventory
from components.stack.maintenance import SWITCH
from components.stack.service_rollout import ServiceRollout

_SHOWN = 3


def restart_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield the order of the batches of each rollout, and each service whose restarts are deferred."""
    for rollout in inventory.rollouts:
        text = f"{batches_text(rollout)}; a batch that fails stops the next"
        yield Notice("info", restart_notice_names(rollout.service)[0], f"{rollout.service}.rollout", text)
    for name in deferred_services(inventory):
        text = f"deferred: files are written, and no process is restarted to read them until a run with {SWITCH}=now"
        yield Notice("info", restart_notice_names(name)[1], f"{name}.restart", text)


def restart_notice_names(service: str) -> tuple[str, str]:
    """Return how the notices of a service are called: of its rollout, and of its restarts that are deferred."""
    label = service.replace("_", "-")
    return f"{label}-rollout", f"{label}-restarts-deferred"


def deferred_services(inventory: Inventory) -> list[str]:
    """Return the services that run somewhere and whose restarts are deferred in this run."""
    return [
        wired.service.name
        for wired in inventory.wired_services
        if wired.mine.restart == "deferred" and wired.mine.hosts
    ]


def batches_text(rollout: ServiceRollout) -> str:
    """Return the batches in their order; of many batches the first ones, and how many more there are."""
    shown = [hosts_text(batch) for batch in rollout.batches[:_SHOWN]]
    more = len(rollout.batches) - _SHOWN
    rest = f"{more} more {'batch' if more == 1 else 'batches'}"
    return ", then ".join([*shown, rest] if more > 0 else shown)


def hosts_text(hosts: tuple[str, ...] | list[str]) -> str:
    """Return the hosts; of many hosts the first ones, and how many more there are."""
    more = len(hosts) - _SHOWN
    return f"{', '.join(hosts[:_SHOWN])} and {more} more" if more > 1 else ", ".join(hosts)
