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
    parent, component = names.CLUSTER_SIDE
    draft.component(parent, names.component_type(component))
    site, cluster = inventory.site, inventory.settings.cluster
    with draft.made_from("cluster", "mon_hosts"):
        found = ClusterDesired(stack=site.stack, fsid=site.fsid, mon_hosts=cluster.mon_hosts)
        draft.add(names.CLUSTER, found, parent=parent, needs=[names.GATE])
    made_of = _rules_and_profiles(draft, inventory)
    for name, owned in inventory.made_pools.items():
        with draft.made_from(*owned.where):
            wanted = owned.wanted
            given = {field: value for field, value in wanted.pool if field not in ("shared", "data_pool")}
            given["adopt"] = site.adopts(wanted.pool.adopt)
            pool = PoolDesired(stack=site.stack, fsid=site.fsid, application=wanted.application, **given)
            keys = ("crush_rules", pool.crush_rule), ("erasure_code_profiles", pool.erasure_code_profile)
            needs = [made_of[key] for key in keys if key in made_of]
            draft.add(name, pool, parent=parent, needs=[names.CLUSTER, *needs])
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
    with draft.made_from("cluster", "key_type"):
        desired = KeyTypeDesired(stack=site.stack, fsid=site.fsid, key_type=wanted)
        draft.add(names.key_type(wanted), desired, parent=names.CLUSTER_SIDE[0], needs=[names.CLUSTER])
    return [names.key_type(wanted)]


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
            with draft.made_from("cluster", setting, name):
                desired = model(stack=site.stack, fsid=site.fsid, name=name, **given)
                draft.add(name_of(name), desired, parent=names.CLUSTER_SIDE[0], needs=[names.CLUSTER])
            made[setting, name] = name_of(name)
    return made


def _users(draft: Draft, inventory: Inventory, label: str, wanted: CephUser, key_type: Sequence[str]) -> dict[str, str]:
    site, made = inventory.site, dict[str, str]()
    pools = [name for name, owned in inventory.made_pools.items() if owned.wanted.pool.name in wanted.caps.pools]
    for generation in wanted.user.generations:
        name, entity = names.user(label, generation), wanted.user.entity_of(generation)
        with draft.made_from(inventory.service(label).name, wanted.setting):
            desired = UserDesired(
                stack=site.stack,
                fsid=site.fsid,
                entity=entity,
                caps=dict(wanted.caps.texts),
                key_type=inventory.settings.cluster.key_type,
                adopt=site.adopts(wanted.user.adopt) and generation == 1,
            )
            draft.add(name, desired, parent=names.CLUSTER_SIDE[0], needs=[names.CLUSTER, *key_type, *pools])
        made[entity] = name
    return made
