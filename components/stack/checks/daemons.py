"""Refuses two services with one unit, because the resources that restart a service are named after its unit."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem
from components.stack.inventory import Inventory


def daemon_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each service whose unit another service has."""
    platform, release = inventory.settings.platform, inventory.settings.release
    first: dict[str, str] = {}
    for wired in inventory.wired_services:
        unit, name = wired.daemon(platform, release).unit, wired.service.name
        if first.setdefault(unit, name) != name:
            yield Problem((name, "daemon", "unit"), f"{first[unit]} has unit {unit}, too; name this service's own")
