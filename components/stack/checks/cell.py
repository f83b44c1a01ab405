"""A cell has no way into the cluster: it is given the keys, and changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.inventory import Inventory


def cell_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield what a cell lacks, and what has no effect in it; beside an admin host, keys have none."""
    settings = inventory.settings
    if not settings.cell:
        if settings.cluster.keys:
            yield Problem(
                ("cluster", "keys"),
                "has no effect with cluster.admin_host, which supplies the keys; remove one of the two",
            )
        return
    if settings.openstack:
        yield Problem(
            ("openstack",),
            "needs cluster.admin_host: what was there before is kept in the cluster; write it in the stack that has it",
        )
    yield from _without_effect(inventory)
    yield from _keys(inventory)


def _without_effect(inventory: Inventory) -> Iterator[Problem]:
    why = "has no effect without cluster.admin_host: the stack that has it manages pools and users"
    for owned in inventory.pools.values():
        for name in sorted(owned.wanted.pool.model_fields_set - {"name"}):
            yield Problem((*owned.where, name), f"{why}; remove it")


def _keys(inventory: Inventory) -> Iterator[Problem]:
    keys = inventory.settings.cluster.keys
    needed = {
        one.user.entity_of(generation): inventory.service(label).name
        for label, one in inventory.users.items()
        for generation in one.user.generations
    }
    for entity, service in needed.items():
        if entity not in keys:
            yield Problem(
                ("cluster", "keys"),
                f"{entity} ({service}.user) is missing, and there is no cluster.admin_host to fetch its key; "
                "add {file: …} or {env: …}",
            )
    for entity in keys:
        if entity not in needed:
            yield Problem(("cluster", "keys", entity), f"is nobody's key here; {hint(entity, needed, 'remove it')}")
