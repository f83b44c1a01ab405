"""A cell is a stack without a way into the cluster. A cell is given the keys, and changes nothing in the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.inventory import Inventory
from components.stack.refusal import path_text


def cell_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield what a cell lacks, and settings without effect: most of a pool's in a cell, `keys` in any other stack."""
    settings, where = inventory.settings, inventory.cluster_setting
    admin = path_text((*where, "admin_host"))
    if not settings.cell:
        if settings.cluster.keys:
            what = f"has no effect with {admin}, which supplies the keys; remove one of the two"
            yield Problem((*where, "keys"), what)
        return
    if settings.openstack and not inventory.cluster:
        yield Problem(
            ("openstack",),
            "needs cluster.admin_host, because earlier values are recorded in the cluster; move this block to the "
            "stack "
            "that sets cluster.admin_host",
        )
    yield from _without_effect(inventory, admin)
    yield from _keys(inventory, admin)


def _without_effect(inventory: Inventory, admin: str) -> Iterator[Problem]:
    why = f"has no effect without {admin}: the stack that has it manages pools and users"
    for name in ("crush_rules", "erasure_code_profiles", "key_type"):
        if getattr(inventory.settings.cluster, name):
            yield Problem((*inventory.cluster_setting, name), f"{why}; remove it")
    for owned in inventory.pools.values():
        for name in sorted(owned.wanted.pool.model_fields_set - {"name", "shared", "data_pool"}):
            yield Problem((*owned.where, name), f"{why}; remove it")
    for label, ceph_user in inventory.users.items():
        for name in sorted(ceph_user.user.model_fields_set & {"caps", "keep_pools"}):
            yield Problem((inventory.service(label).name, ceph_user.setting, name), f"{why}; remove it")


def _keys(inventory: Inventory, admin: str) -> Iterator[Problem]:
    keys, where = inventory.settings.cluster.keys, (*inventory.cluster_setting, "keys")
    needed = {
        ceph_user.user.entity_of(generation): f"{inventory.service(label).name}.{ceph_user.setting}"
        for label, ceph_user in inventory.users.items()
        for generation in ceph_user.user.generations
    }
    for entity, setting in needed.items():
        if entity not in keys:
            yield Problem(
                where,
                f"{entity} ({setting}) is missing, and there is no {admin} to fetch its key; "
                "add {file: …} or {env: …}",
            )
    for entity in keys:
        if entity not in needed:
            yield Problem((*where, entity), f"is nobody's key here; {hint(entity, needed, 'remove it')}")
