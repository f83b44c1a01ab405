"""What no two services may share: a pool, or a cephx user."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem
from components.stack.inventory import Inventory
from components.stack.refusal import path_text


def pool_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each pool that is already the pool of another service."""
    seen: dict[str, str] = {}
    for owned in inventory.pools.values():
        name = owned.wanted.pool.name
        if name in seen:
            yield Problem(
                (*owned.where, "name"),
                f'"{name}" is already the pool of {seen[name]}: services must not share one '
                "(caps and free space are per pool); choose another name",
            )
        seen.setdefault(name, path_text(owned.where))


def user_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each user that is already the user of another service, or is `cluster.admin_entity`."""
    admin, seen = inventory.settings.cluster.admin_entity, dict[str, str]()
    for label, ceph_user in inventory.users.items():
        service = inventory.service(label).name
        for entity in map(ceph_user.user.entity_of, ceph_user.user.generations):
            if entity in seen:
                yield Problem(
                    (service, "user", "name"),
                    f"{entity} is already the user of {seen[entity]}: caps are per user; choose another name",
                )
            seen.setdefault(entity, service)
            if entity == admin:
                yield Problem((service, "user", "name"), f"{entity} is cluster.admin_entity; choose another name")
