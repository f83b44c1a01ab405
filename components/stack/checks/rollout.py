"""Rollouts: canaries that are no hosts of the service, and services that change hosts in opposite orders."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.inventory import Inventory
from components.stack.service_rollout import circle


def rollout_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each canary that the service has not or that is listed twice, and each rollout that waits for itself."""
    for wired in inventory.wired_services:
        hosts, name = wired.mine.hosts, wired.service.name
        canary = wired.mine.rollout.canary if wired.mine.rollout else []
        for index, host in enumerate(canary):
            where = (name, "rollout", "canary", index)
            if host not in hosts:
                yield Problem(where, f'"{host}" is not in {name}.hosts; {hint(host, hosts, "add it there")}')
            if host in canary[:index]:
                yield Problem(where, f'"{host}" is listed twice; remove one')
    yield from _circles(inventory)


def _circles(inventory: Inventory) -> Iterator[Problem]:
    """Yield the first rollout that makes a host wait for itself, with the rollouts before."""
    for end, rollout in enumerate(inventory.rollouts):
        way = circle(inventory.rollouts[: end + 1])
        if way:
            others = " and ".join(f"{other.service}.rollout" for other in inventory.rollouts[:end])
            yield Problem(
                (rollout.service, "rollout"),
                f"cannot be kept together with {others}: a host is changed wholly or not at all, and here one would "
                f"wait for itself ({' → '.join(way)}); put the hosts and canaries of these services into one order",
            )
            return
