"""What is refused of data pools: what is no pool of images, and two data pools for the images of one user."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.data_pool import DataPool
from components.settings.problem import Problem
from components.stack.data_pools import written_pools
from components.stack.inventory import Inventory
from components.stack.owned_pool import OwnedPool
from components.stack.refusal import path_text


def data_pool_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each problem with a data pool."""
    for owned in inventory.pools.values():
        if isinstance(owned.wanted.pool, DataPool):
            yield from _of_one(inventory, owned, owned.wanted.pool)
    for label in inventory.ceph_users:
        yield from _of_user(inventory, label)


def _of_one(inventory: Inventory, owned: OwnedPool, pool: DataPool) -> Iterator[Problem]:
    if owned.wanted.application != "rbd":
        yield Problem(owned.where, "is for pools of RBD images, and this service keeps none there; leave it out")
    if pool.crush_rule in inventory.settings.cluster.crush_rules:
        rules = path_text((*inventory.cluster_setting, "crush_rules"))
        yield Problem(
            (*owned.where, "crush_rule"),
            f'"{pool.crush_rule}" is one of {rules}, which are for replicated pools; leave it out, and say '
            "device_class and failure_domain in the erasure code profile",
        )
    profile = inventory.settings.cluster.erasure_code_profiles.get(pool.erasure_code_profile)
    if profile and pool.min_size is not None and not profile.k <= pool.min_size <= profile.k + profile.m:
        yield Problem(
            (*owned.where, "min_size"),
            f"must be from {profile.k} to {profile.k + profile.m}, which are k and k + m of erasure code profile "
            f"{pool.erasure_code_profile}; correct it",
        )


def _of_user(inventory: Inventory, label: str) -> Iterator[Problem]:
    """Yield that a user makes images in pools of which each would need another data pool.

    librbd takes one for all images that a client makes (`rbd_default_data_pool`).
    """
    needed = inventory.ceph_users[label]
    written = {owned.wanted.pool.name: owned for owned in written_pools(needed, inventory.pools.values())}
    data = {name: owned.wanted.data.pool.name if owned.wanted.data else "none" for name, owned in written.items()}
    if len(set(data.values())) < 2:
        return
    first = next(owned for owned in written.values() if owned.wanted.data)
    told = ", ".join(f"{path_text(owned.where)} {name} ({data[name]})" for name, owned in written.items())
    yield Problem(
        (*first.where, "data_pool"),
        f"{needed.user.entity} makes images in several pools, and not all have one data pool: {told}; a client has one "
        "data pool for all that it makes: say the same data_pool at each, with shared: true, or give each service a "
        "user of its own",
    )
