"""The graph with its gates and guards: of each kind one for each cluster."""

from __future__ import annotations

from collections.abc import Mapping

from components.services.at import At
from components.services.conf_file import conf_file
from components.stack import names
from components.stack.guard import Places, gate, guard, guarded
from components.stack.inventory import Inventory
from components.stack.node import Node
from components.stack.restart_notices import deferred_services
from providers.models import ConfigSectionsDesired, PoolDesired, SecretDesired, UserDesired, data_places


def guarded_nodes(nodes: Mapping[str, Node], inventory: Inventory) -> dict[str, Node]:
    """Return the nodes with the gates before them all and the guards after them all.

    The stack's own gate comes last of the gates, and its guard last of the guards, because all else needs these two.
    """
    own, *further = inventory.clusters
    clusters = [*further, own]
    gates: dict[str, Node] = {}
    guards: dict[str, Node] = {}
    for there in clusters:
        its_own = nodes if not further else _of_cluster(nodes, there)
        gates[there.named(names.GATE)] = _gate(its_own, there, inventory, before=frozenset(gates))
        last = guard(its_own, there.site, "removal")
        guards[there.named(names.GUARD)] = Node(last, needs=frozenset([*guarded(nodes), *guards]))
    return {**gates, **nodes, **guards}


def _gate(nodes: Mapping[str, Node], there: Inventory, inventory: Inventory, *, before: frozenset[str]) -> Node:
    settings = {
        wanted.user.entity_of(generation): f"{there.service(label).name}.{wanted.setting}"
        for label, wanted in there.users.items()
        for generation in wanted.user.generations
    }
    rolled_out = {rollout.service for rollout in inventory.rollouts}
    first = gate(
        nodes,
        there.site,
        user_settings=settings,
        min_compat_client={} if there.site.cell else _min_compat_client(there),
        monitors=there.settings.cluster.mon_hosts,
        deferred=deferred_services(inventory),
        batches=[service.label for service in inventory.services if service.name in rolled_out],
        clusters={} if there.cluster else {one.cluster: one.site.fsid for one in inventory.further_in_use},
    )
    return Node(first, needs=before)


def _min_compat_client(inventory: Inventory) -> dict[str, str]:
    return {
        setting: release
        for wired in inventory.wired_services
        for setting, release in wired.service.min_compat_client(wired.mine).items()
    }


def _of_cluster(nodes: Mapping[str, Node], there: Inventory) -> dict[str, Node]:
    """Return the nodes that are on a cluster, or speak of it, and of files only the options that do."""
    found: dict[str, Node] = {}
    for name, node in nodes.items():
        match node.model:
            case PoolDesired(fsid=fsid) | UserDesired(fsid=fsid) | SecretDesired(fsid=fsid):
                if fsid == there.site.fsid:
                    found[name] = node
            case ConfigSectionsDesired() as config:
                if sections := _sections(config, there):
                    found[name] = Node(config.model_copy(update={"sections": sections}))
            case _:
                if not there.cluster:
                    found[name] = node
    return found


def _sections(config: ConfigSectionsDesired, there: Inventory) -> Places:
    """Return those options of a file that say where data lies on a cluster."""
    sections: Places = {}
    for wired in there.wired_services:
        if wired.service.label == config.component and wired.writes_on(config.host):
            at = At(wired.mine, there.site, there.others, config.host, section="")
            file = conf_file(wired.service.options, list(wired.service.backends(wired.mine)), at)
            for section, options in data_places(file.sections).items():
                written = config.sections.get(section, {})
                sections[section] = {name: value for name, value in options.items() if written.get(name) == value}
    return {section: options for section, options in sections.items() if options}
