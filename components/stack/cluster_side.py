"""The cluster side: a check of the cluster itself, and the pools and users that the stack keeps there."""

from __future__ import annotations

from collections.abc import Sequence

from components.services.ceph_user import CephUser
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.models import (
    ClusterDesired,
    CrushRuleDesired,
    Desired,
    ErasureCodeProfileDesired,
    KeyTypeDesired,
    PoolDesired,
    UserDesired,
)


def add_cluster_side(draft: Draft, inventory: Inventory) -> dict[str, str]:
    """Add the cluster, what pools are made with, the pools, then the users, who need the pools in their caps.

    Returns:
        Entity to the logical name of the user.
    """
    parent = inventory.named(names.CLUSTER_SIDE[0])
    draft.component(parent, names.component_type(names.CLUSTER_SIDE[1]))
    site, cluster = inventory.site, inventory.settings.cluster
    with draft.made_from(*inventory.cluster_setting, "mon_hosts"):
        found = ClusterDesired(stack=site.stack, fsid=site.fsid, mon_hosts=cluster.mon_hosts)
        # The stack's own gate is the last of the gates, and what it refuses must not be half made on another cluster.
        gates = dict.fromkeys([inventory.named(names.GATE), names.GATE])
        draft.add(inventory.named(names.CLUSTER), found, parent=parent, needs=gates)
    made_of = _rules_and_profiles(draft, inventory)
    for name, owned in inventory.made_pools.items():
        with draft.made_from(*owned.where):
            wanted = owned.wanted
            given = {field: value for field, value in wanted.pool if field not in ("shared", "data_pool")}
            given["adopt"] = site.adopts(wanted.pool.adopt)
            pool = PoolDesired(stack=site.stack, fsid=site.fsid, application=wanted.application, **given)
            keys = ("crush_rules", pool.crush_rule), ("erasure_code_profiles", pool.erasure_code_profile)
            needs = [made_of[key] for key in keys if key in made_of]
            needs = [inventory.named(names.CLUSTER), *needs]
            draft.add(inventory.named(name), pool, parent=parent, needs=needs)
    key_type = _key_type(draft, inventory)
    made: dict[str, str] = {}
    for label, user in inventory.users.items():
        made |= _users(draft, inventory, label, user, key_type)
    return made


def _key_type(draft: Draft, inventory: Inventory) -> list[str]:
    """Add the type of keys that users get, if the settings say one, and return its logical name."""
    site, wanted = inventory.site, inventory.settings.cluster.key_type
    if wanted is None:
        return []
    name = inventory.named(names.key_type(wanted))
    with draft.made_from(*inventory.cluster_setting, "key_type"):
        desired = KeyTypeDesired(stack=site.stack, fsid=site.fsid, key_type=wanted)
        _add(draft, inventory, name, desired)
    return [name]


def _add(draft: Draft, inventory: Inventory, name: str, desired: Desired) -> None:
    """Add what needs nothing but the cluster."""
    parent, cluster = inventory.named(names.CLUSTER_SIDE[0]), inventory.named(names.CLUSTER)
    draft.add(name, desired, parent=parent, needs=[cluster])


def _rules_and_profiles(draft: Draft, inventory: Inventory) -> dict[tuple[str, str | None], str]:
    """Add the CRUSH rules and erasure code profiles of the settings.

    Returns:
        The setting that has it, and its name, to its logical name.
    """
    site, cluster, made = inventory.site, inventory.settings.cluster, dict[tuple[str, str | None], str]()
    for setting, model, things, name_of in (
        ("crush_rules", CrushRuleDesired, cluster.crush_rules, names.crush_rule),
        (
            "erasure_code_profiles",
            ErasureCodeProfileDesired,
            cluster.erasure_code_profiles,
            names.erasure_code_profile,
        ),
    ):
        for name, wanted in things.items():
            given = {**dict(wanted), "adopt": site.adopts(wanted.adopt)}
            made[setting, name] = inventory.named(name_of(name))
            with draft.made_from(*inventory.cluster_setting, setting, name):
                desired = model(stack=site.stack, fsid=site.fsid, name=name, **given)
                _add(draft, inventory, made[setting, name], desired)
    return made


def _users(draft: Draft, inventory: Inventory, label: str, wanted: CephUser, key_type: Sequence[str]) -> dict[str, str]:
    site, made = inventory.site, dict[str, str]()
    pools = [name for name, owned in inventory.made_pools.items() if owned.wanted.pool.name in wanted.caps.pools]
    needs = [inventory.named(names.CLUSTER), *key_type, *(inventory.named(name) for name in pools)]
    for generation in wanted.user.generations:
        name, entity = inventory.named(names.user(label, generation)), wanted.user.entity_of(generation)
        with draft.made_from(inventory.service(label).name, wanted.setting):
            desired = UserDesired(
                stack=site.stack,
                fsid=site.fsid,
                entity=entity,
                caps=dict(wanted.caps.texts),
                key_type=inventory.settings.cluster.key_type,
                adopt=site.adopts(wanted.user.adopt) and generation == 1,
            )
            draft.add(name, desired, parent=inventory.named(names.CLUSTER_SIDE[0]), needs=needs)
        made[entity] = name
    return made
