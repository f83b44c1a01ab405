"""Hosts: names that are not in `hosts`, and jumps that lead back to a host."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, Where, hint
from components.stack.inventory import Inventory
from components.stack.stack_settings import StackSettings


def host_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each name that is not in `hosts` or is listed twice, and each chain of jumps that leads back to a host."""
    settings = inventory.settings
    if settings.cluster.admin_host:
        yield from _missing(settings, ("cluster", "admin_host"), settings.cluster.admin_host)
    for name, cluster in settings.clusters.items():
        if cluster.admin_host:
            yield from _missing(settings, ("clusters", name, "admin_host"), cluster.admin_host)
    if isinstance(settings.ssh.jump, str):
        yield from _missing(settings, ("ssh", "jump"), settings.ssh.jump)
    for name, host in settings.hosts.items():
        if isinstance(host.jump, str):
            yield from _missing(settings, ("hosts", name, "jump"), host.jump)
            yield from _leads_back(settings, name)
    for wired in inventory.wired_services:
        for index, name in enumerate(wired.mine.hosts):
            where = (wired.service.name, "hosts", index)
            yield from _missing(settings, where, name)
            if name in wired.mine.hosts[:index]:
                yield Problem(where, f'"{name}" is listed twice; remove one')


def _missing(settings: StackSettings, where: Where, name: str) -> Iterator[Problem]:
    if name not in settings.hosts:
        yield Problem(where, f'"{name}" is not in hosts; {hint(name, settings.hosts, "add it there")}')


def _leads_back(settings: StackSettings, name: str) -> Iterator[Problem]:
    jumps = {other: settings.ssh.jump if host.jump is None else host.jump for other, host in settings.hosts.items()}
    way = [name]
    # The host that all others are jumped through is reached directly.
    while isinstance(step := jumps.get(way[-1]), str) and (step != way[-1] or len(way) == 1):
        way.append(step)
        if step in way[:-1]:
            yield Problem(("hosts", name, "jump"), f"leads back: {' → '.join(way)}; name a host nearer by")
            return
