"""What no two services may share: a pool, or a cephx user."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem
from components.stack.inventory import Inventory
from components.stack.owned_pool import OwnedPool
from components.stack.refusal import path_text


def pool_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each pool that is already the pool of another service, unless both say that they share the pool."""
    seen: dict[str, OwnedPool] = {}
    for owned in inventory.pools.values():
        name = owned.wanted.pool.name
        first = seen.setdefault(name, owned)
        if first is owned:
            continue
        if owned.wanted.is_data != first.wanted.is_data:
            yield Problem(
                (*owned.where, "name"),
                f'"{name}" is already the pool of {path_text(first.where)}, and a pool has either images or data of '
                "images that are elsewhere; choose another name",
            )
        elif owned.wanted.pool.shared and first.wanted.pool.shared:
            yield from _contradictions(inventory, first, owned)
        else:
            yield Problem(
                (*owned.where, "name"),
                f'"{name}" is already the pool of {path_text(first.where)}: services must not share one '
                "(caps and free space are per pool); choose another name, or set shared: true at both if they share it "
                "already",
            )


def _contradictions(inventory: Inventory, first: OwnedPool, other: OwnedPool) -> Iterator[Problem]:
    """Yield each setting in which two services want one pool otherwise."""
    one, two = ({**dict(pool.wanted.pool), **_resolved(inventory, pool)} for pool in (first, other))
    for field in one:
        if one[field] != two[field]:
            where = (*other.where, field) if field in type(other.wanted.pool).model_fields else other.where
            yield Problem(
                where, f"is another one at {path_text(first.where)}, which is the same pool; say the same in both"
            )


def _resolved(inventory: Inventory, pool: OwnedPool) -> dict[str, object]:
    return {"adopt": inventory.site.adopts(pool.wanted.pool.adopt), "application": pool.wanted.application}


def user_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each user that is already the user of another service, or is `cluster.admin_entity`."""
    admin, seen = inventory.settings.cluster.admin_entity, dict[str, str]()
    for label, ceph_user in inventory.users.items():
        service = inventory.service(label).name
        for entity in map(ceph_user.user.entity_of, ceph_user.user.generations):
            if entity in seen:
                yield Problem(
                    (service, ceph_user.setting, "name"),
                    f"{entity} is already the user of {seen[entity]}: caps are per user; choose another name",
                )
            seen.setdefault(entity, service)
            if entity == admin:
                named = path_text((*inventory.cluster_setting, "admin_entity"))
                yield Problem((service, ceph_user.setting, "name"), f"{entity} is {named}; choose another name")
