"""What an operator reads in each run of the batches in which hosts are changed."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.notice import Notice
from components.stack.inventory import Inventory
from components.stack.service_rollout import ServiceRollout

_SHOWN = 3


def restart_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield the order of the batches of each rollout."""
    for rollout in inventory.rollouts:
        text = f"{batches_text(rollout)}; a batch that fails stops the next"
        yield Notice("info", rollout_notice_name(rollout.service), f"{rollout.service}.rollout", text)


def rollout_notice_name(service: str) -> str:
    """Return how the notice of a service's rollout is called."""
    return f"{service.replace('_', '-')}-rollout"


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
