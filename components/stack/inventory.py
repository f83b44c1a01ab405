"""Inventory: what the services of a stack need, computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.services.ceph_user import CephUser
from components.services.neighbours import Neighbours, joined
from components.services.platform import PLATFORMS
from components.services.service import AnyService
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.stack import names
from components.stack.owned_pool import OwnedPool
from components.stack.present import Present
from components.stack.running import Running
from components.stack.stack_settings import StackSettings
from providers.models import CloudName


@dataclass(frozen=True)
class Inventory:
    """What is needed.

    Attributes:
        settings: the stack's settings.
        services: every service that could be in the stack.
        site: the cluster and the hosts, as services are told of them.
        present: the services that are in the stack.
        others: what the services let each other know.
        pools: logical name to pool.
        users: label of a service to its user.
        running: every daemon on every host, in the order in which guides restart them.
    """

    settings: StackSettings
    services: Sequence[AnyService]
    site: Site
    present: tuple[Present, ...]
    others: Neighbours
    pools: Mapping[str, OwnedPool]
    users: Mapping[str, CephUser]
    running: tuple[Running, ...]

    @cached_property
    def roles(self) -> dict[str, str]:
        """Entity that services use now to the label of the service whose user it is."""
        return {one.user.entity: label for label, one in self.users.items()}

    def service(self, label: str) -> AnyService:
        """Return the service of a label."""
        return next(one for one in self.services if one.label == label)

    @cached_property
    def hosts(self) -> list[str]:
        """Every host that a daemon runs on."""
        return list(dict.fromkeys(one.host for one in self.running))


def take_inventory(settings: StackSettings, stack: str, services: Sequence[AnyService]) -> Inventory:
    """Return what the services of the stack called `stack` need."""
    present = tuple(Present(one, mine) for one in services if (mine := settings.of(one)) is not None)
    others = joined(one.service.shares(one.mine) for one in present)
    return Inventory(
        settings=settings,
        services=services,
        site=_site(settings, stack),
        present=present,
        others=others,
        pools={
            names.pool(one.service.label, wanted.role): OwnedPool((one.service.name, *wanted.where), wanted)
            for one in present
            for wanted in one.service.pools(one.mine)
        },
        users={
            one.service.label: user for one in present if (user := one.service.ceph_user(one.mine, others)) is not None
        },
        running=tuple(
            Running(
                one.service,
                one.service.daemons[settings.platform],
                host,
                tuple(one.service.keyrings_read(one.mine, others)),
                one.service.worker_count(one.mine),
            )
            for one in present
            for host in one.mine.hosts
        ),
    )


def _site(settings: StackSettings, stack: str) -> Site:
    return Site(
        stack=stack,
        release=settings.release,
        platform=PLATFORMS[settings.platform],
        fsid=settings.cluster.fsid,
        cluster_name=settings.cluster.name,
        cell=settings.cell,
        cloud=cloud_name(settings.openstack) if settings.openstack else None,
    )


def cloud_name(openstack: OpenStack) -> CloudName:
    """Return which OpenStack the settings name, never how to log in."""
    given = {
        "name": openstack.cloud,
        "file": openstack.clouds_file,
        "region": openstack.region,
        "interface": openstack.interface,
    }
    return CloudName.model_validate({name: value for name, value in given.items() if value is not None})
