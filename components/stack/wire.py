"""wire: makes the graph from the settings and the services, without Pulumi and without a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services import SERVICES
from components.services.api_look import ApiLook
from components.services.ceph_user import CephUser
from components.services.notice import Notice
from components.services.service import AnyService
from components.settings.problem import Problem
from components.stack import names
from components.stack.accounts import accounts
from components.stack.ceph_client import add_ceph_client
from components.stack.client_file_notice import client_file_notices
from components.stack.cluster_side import add_cluster_side
from components.stack.commands import add_commands_after, add_commands_before
from components.stack.draft import Draft
from components.stack.former_batch import former_batch
from components.stack.graph import Graph
from components.stack.guarded import guarded_nodes
from components.stack.inventory import Inventory, take_inventory
from components.stack.key_type_notice import key_type_notices
from components.stack.node import Node
from components.stack.outputs import outputs
from components.stack.own_caps import caps_notices
from components.stack.preflight import add_preflights
from components.stack.restart_notices import restart_notices
from components.stack.restarts import add_change_restarts, add_removal_restarts
from components.stack.service_files import add_service_files
from components.stack.service_rollout import waves
from components.stack.stack_settings import StackSettings
from providers.models import OnHost


class NotWirable(ValueError):
    """Settings of which a provider's own model refuses a part."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems, and make a text of them for whoever sees only the exception."""
        super().__init__("; ".join(f"{'.'.join(map(str, problem.where))}: {problem.what}" for problem in problems))
        self.problems = list(problems)


def wire(settings: StackSettings, stack: str, services: Sequence[AnyService] = SERVICES) -> Graph:
    """Return the graph of the stack called `stack`.

    Raises:
        NotWirable: a provider's own model refuses a value. `parse` has refused such settings before.
    """
    inventory, draft = take_inventory(settings, stack, services), Draft()
    clusters = inventory.in_use
    users = {there.cluster: {} if there.site.cell else add_cluster_side(draft, there) for there in clusters}
    add_preflights(draft, inventory)
    former = former_batch(inventory)
    before = add_commands_before(draft, inventory, former=former)
    removal = add_removal_restarts(draft, inventory, users=users, before=before, former=former)
    clients = [add_ceph_client(draft, there, users=users[there.cluster], needs=removal) for there in clusters]
    client = {host: [name for made in clients for name in made.get(host, [])] for host in inventory.hosts}
    ready = {host: [*removal[host], *client[host]] for host in inventory.hosts}
    files = add_service_files(draft, inventory, users=users, needs=ready)
    written = {host: [*client[host], *files[host]] for host in inventory.hosts}
    restarts = add_change_restarts(draft, inventory, needs=written)
    add_commands_after(draft, inventory)
    _add_openstack(draft, inventory, restarts)
    if draft.problems:
        raise NotWirable(draft.problems)
    return Graph(
        _in_waves(guarded_nodes(draft.nodes, inventory), inventory),
        tuple(dict.fromkeys(account for there in clusters for account in accounts(there))),
        tuple(notice for notice in _notices(inventory) if notice.name not in settings.acknowledge),
        tuple(_api_looks(inventory)),
        outputs(inventory, draft.nodes),
        inventory.rollouts,
        {there.site.fsid: _users(there) for there in clusters},
        tuple(settings.acknowledge),
    )


def _users(inventory: Inventory) -> dict[str, CephUser]:
    """Return each service's own user by entity, of all generations, with what the service needs of its caps."""
    return {
        needed.user.entity_of(generation): inventory.users[label] if needed.user.caps is None else needed
        for label, needed in inventory.needed_users.items()
        for generation in needed.user.generations
    }


def _add_openstack(draft: Draft, inventory: Inventory, restarts: Mapping[str, Sequence[str]]) -> None:
    """Add what is kept in OpenStack itself. It needs the restarts of the service whose API keeps it."""
    cloud = inventory.settings.openstack
    if cloud is None:
        return
    parent, component = names.OPENSTACK
    draft.component(parent, names.component_type(component))
    for service in inventory.services:
        needs = restarts.get(service.name, [names.GATE])
        for thing in service.in_cloud(inventory.settings.of(service), cloud, inventory.site):
            with draft.made_from(*thing.where):
                draft.add(names.in_cloud(thing.kind, thing.name), thing.desired(), parent=parent, needs=needs)


def _in_waves(nodes: Mapping[str, Node], inventory: Inventory) -> dict[str, Node]:
    """Return the nodes so that each host of a rollout comes after the hosts that it waits for.

    What is in the cloud, and the guard, come last. Within a host the order stays, and without a rollout the whole
    order.
    """
    guards = (there.named(names.GUARD) for there in inventory.clusters)
    wave_of, at_the_end = waves(inventory.rollouts), {names.OPENSTACK[0], *guards}
    last = max(wave_of.values(), default=0)

    def wave(name: str) -> int:
        node = nodes[name]
        if not at_the_end.isdisjoint((name, node.parent)):
            return last
        there = [node] if isinstance(node.model, OnHost) else [nodes[needed] for needed in node.needs]
        return max((wave_of.get(one.model.host, 0) for one in there if isinstance(one.model, OnHost)), default=0)

    return {name: nodes[name] for name in sorted(nodes, key=wave)}


def _notices(inventory: Inventory) -> Iterator[Notice]:
    for service in inventory.services:
        yield from service.notices(inventory.settings.of(service), inventory.others, inventory.site)
    for there in inventory.clusters:
        yield from caps_notices(there)
    yield from restart_notices(inventory)
    for there in inventory.clusters:
        yield from key_type_notices(there)
        yield from client_file_notices(there)


def _api_looks(inventory: Inventory) -> Iterator[ApiLook]:
    for wired in inventory.wired_services:
        if wired.mine.hosts:  # a service without hosts is not run by this stack, so its API shows nothing of the stack
            yield from wired.service.links(wired.mine, inventory.others, inventory.site)
