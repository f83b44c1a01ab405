"""What the parts of a stack have to agree on. Each check is written once for all services, and names no service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from components.services.service import AnyService
from components.settings.problem import Problem
from components.stack.checks.caps import caps_problems
from components.stack.checks.cell import cell_problems
from components.stack.checks.client_options import client_option_problems
from components.stack.checks.clusters import cluster_problems, reach_problems
from components.stack.checks.commands import command_problems
from components.stack.checks.daemons import daemon_problems
from components.stack.checks.data_pools import data_pool_problems
from components.stack.checks.hosts import host_problems
from components.stack.checks.keyrings import keyring_problems
from components.stack.checks.notices import notice_problems
from components.stack.checks.options import option_problems
from components.stack.checks.repository import repository_problems
from components.stack.checks.rollout import rollout_problems
from components.stack.checks.sharing import pool_problems, user_problems
from components.stack.checks.unchecked import unchecked_problems
from components.stack.checks.unmanaged import unmanaged_problems
from components.stack.checks.wiring import wiring_problems
from components.stack.inventory import Inventory, take_inventory
from components.stack.stack_settings import StackSettings


def problems(settings: StackSettings, services: Sequence[AnyService]) -> list[Problem]:
    """Return everything that is wrong with settings whose parts are each well formed.

    What is written, and then the graph, is checked only when nothing else is wrong, because only then the settings can
    become a graph.
    """
    inventory = take_inventory(settings, "stack", services)
    apart = list(cluster_problems(inventory))
    clusters = () if apart else inventory.clusters
    found = [
        *apart,
        *host_problems(inventory),
        *daemon_problems(inventory),
        *command_problems(inventory),
        *repository_problems(inventory),
        *rollout_problems(inventory),
        *_of_clusters(clusters, pool_problems, data_pool_problems, user_problems, reach_problems),
        *_of_services(inventory),
        *_of_clusters(clusters, cell_problems),
        *client_option_problems(inventory),
        *option_problems(inventory),
        *notice_problems(inventory),
        *unchecked_problems(inventory),
    ]
    if found:
        return found
    of_files = [*_of_clusters(clusters, caps_problems, keyring_problems), *unmanaged_problems(inventory)]
    return of_files or list(wiring_problems(settings, services))


def _of_clusters(clusters: Sequence[Inventory], *checks: Callable[[Inventory], Iterator[Problem]]) -> list[Problem]:
    """Return what is wrong with what is on a cluster. Clusters that have a user in common say the same of it once."""
    return list(dict.fromkeys(problem for check in checks for there in clusters for problem in check(there)))


def _of_services(inventory: Inventory) -> Iterator[Problem]:
    cloud = inventory.settings.openstack
    for wired in inventory.wired_services:
        yield from wired.service.problems(wired.mine, inventory.others, inventory.site)
    for service in inventory.services if cloud else ():
        assert cloud  # noqa: S101
        yield from service.cloud_problems(inventory.settings.of(service), cloud)
