"""Inventory: what the services of a stack need, computed once.

A stack with several clusters has an inventory of the whole, for what is there once on each host, and one for each
cluster, as if the stack had no other (`Inventory.clusters`). With a single cluster both are the same inventory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from components.services.caps import in_form_of, with_data_pools
from components.services.ceph_user import CephUser
from components.services.neighbours import Neighbours, joined
from components.services.part import Part
from components.services.platform import PLATFORMS
from components.services.service import AnyService
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Where
from components.stack import names
from components.stack.daemon_on_host import DaemonOnHost
from components.stack.data_pools import data_pools_of, written_pools
from components.stack.owned_pool import OwnedPool
from components.stack.service_rollout import ServiceRollout, service_rollouts
from components.stack.stack_settings import StackSettings
from components.stack.wired_service import WiredService
from providers.models import CloudName


@dataclass(frozen=True)
class Inventory:
    """What the services of a stack need.

    Attributes:
        settings: the stack's settings.
        services: every service that could be in the stack.
        site: what services may know of the stack, the cluster and the hosts.
        wired_services: the services that are in the stack.
        others: what the services let each other know.
        pools: logical name to pool, one for each service that keeps data in the pool.
        ceph_users: label of a service to the service's own cephx user, with what the service alone says of its caps.
        daemons: every daemon on every host, in the order in which guides restart them.
        cluster: the name of the cluster in `clusters`; empty for the stack's own, and for the whole stack.
    """

    settings: StackSettings
    services: Sequence[AnyService]
    site: Site
    wired_services: tuple[WiredService, ...]
    others: Neighbours
    pools: Mapping[str, OwnedPool]
    ceph_users: Mapping[str, CephUser]
    daemons: tuple[DaemonOnHost, ...]
    cluster: str = ""

    @cached_property
    def clusters(self) -> tuple[Inventory, ...]:
        """What the services need of each cluster, the stack's own first."""
        further = self.settings.clusters
        if not further:
            return (self,)
        return tuple(_of_cluster(self, name) for name in ("", *further))

    @cached_property
    def further_in_use(self) -> tuple[Inventory, ...]:
        """What the services need of each further cluster that a service has to do with."""
        return tuple(there for there in self.clusters if there.cluster and there.wired_services)

    @property
    def in_use(self) -> tuple[Inventory, ...]:
        """What the services need of the stack's own cluster, and of each further one that a service uses."""
        return (self.clusters[0], *self.further_in_use)

    def named(self, name: str) -> str:
        """Return the logical name of what is on the cluster, or speaks of it."""
        return names.on_cluster(self.cluster, name)

    @property
    def cluster_setting(self) -> Where:
        """Path of the setting that speaks of the cluster."""
        return ("clusters", self.cluster) if self.cluster else ("cluster",)

    @cached_property
    def data_pools(self) -> dict[str, str]:
        """Name of each pool that has a data pool to the name of the data pool."""
        return data_pools_of(self.pools.values())

    @cached_property
    def needed_users(self) -> dict[str, CephUser]:
        """Label of a service to the service's own cephx user, with all that the service needs of the user's caps."""
        return {label: self._with_data_pools(user) for label, user in self.ceph_users.items()}

    @cached_property
    def users(self) -> dict[str, CephUser]:
        """Label of a service to the service's own cephx user, with the caps that the settings say."""
        return {
            label: self._given(user) if user.user.caps is None else self.needed_users[label].as_set()
            for label, user in self.ceph_users.items()
        }

    def _given(self, user: CephUser) -> CephUser:
        """Return the user with the caps of the service and the kept pools, as the cluster's release takes them."""
        given, release = self._with_data_pools(user.as_set()), self.settings.cluster.release
        return replace(given, caps=in_form_of(given.caps, release)) if release else given

    def _with_data_pools(self, user: CephUser) -> CephUser:
        breaks = {data: user.breaks_without(pool) for pool, data in self.data_pools.items() if pool in user.breaks}
        return replace(user, caps=with_data_pools(user.caps, self.data_pools), breaks={**user.breaks, **breaks})

    def default_data_pool(self, label: str) -> str | None:
        """Return the data pool of all images that a service's user makes; None for none.

        A client has one data pool for all that it makes, and `data_pool_problems` refuses several.
        """
        needed = self.ceph_users.get(label)
        written = written_pools(needed, self.pools.values()) if needed else []
        return min((data.pool.name for owned in written if (data := owned.wanted.data)), default=None)

    @cached_property
    def roles(self) -> dict[str, str]:
        """Entity of a user's present generation to the label of the service whose user it is."""
        return {ceph_user.user.entity: label for label, ceph_user in self.users.items()}

    @cached_property
    def made_pools(self) -> dict[str, OwnedPool]:
        """The pools that are made: a pool that several services share is made once, as the first one's."""
        first: dict[str, str] = {}
        for name, owned in self.pools.items():
            first.setdefault(owned.wanted.pool.name, name)
        return {name: owned for name, owned in self.pools.items() if first[owned.wanted.pool.name] == name}

    def with_users_there(self, instance: DaemonOnHost) -> DaemonOnHost:
        """Return the daemon with those of its users that are on the cluster."""
        users, kept = (
            tuple(user for user in given if user.entity in self.roles) for given in (instance.users, instance.kept)
        )
        return replace(instance, users=users, kept=kept)

    def service(self, label: str) -> AnyService:
        """Return the service of a label."""
        return next(service for service in self.services if service.label == label)

    @cached_property
    def hosts(self) -> list[str]:
        """Every host that a daemon runs on."""
        return list(dict.fromkeys(instance.host for instance in self.daemons))

    @cached_property
    def rollouts(self) -> tuple[ServiceRollout, ...]:
        """The rollouts that the settings ask for."""
        return service_rollouts(self.wired_services)


def take_inventory(settings: StackSettings, stack: str, services: Sequence[AnyService]) -> Inventory:
    """Return what the services of the stack called `stack` need."""
    wired_services = tuple(
        WiredService(service, mine, Part(mine)) for service in services if (mine := settings.of(service)) is not None
    )
    return _taken(settings, _site(settings, stack), services, wired_services)


def _of_cluster(whole: Inventory, cluster: str) -> Inventory:
    """Return what the services need of a cluster. A service that has nothing to do with the cluster is not in there."""
    settings = whole.settings
    if cluster:
        settings = settings.model_copy(update={"cluster": settings.clusters[cluster]})
    wired_services = tuple(
        WiredService(wired.service, part.mine, part)
        for wired in whole.wired_services
        if (part := wired.service.in_cluster(wired.mine, cluster)) is not None
    )
    site = replace(
        whole.site,
        fsid=settings.cluster.fsid,
        cluster_name=settings.cluster.name,
        cell=settings.cell,
        cloud=None if cluster else whole.site.cloud,
    )
    found = _taken(settings, site, whole.services, wired_services, cluster)
    # The user of a service without data on the cluster is on another one.
    daemons = tuple(found.with_users_there(instance) for instance in found.daemons)
    used = {instance.service.name for instance in daemons if instance.users or instance.kept}
    used |= {wired.service.name for wired in wired_services if wired.part.has_data}
    return replace(
        found,
        wired_services=tuple(wired for wired in wired_services if wired.service.name in used),
        daemons=tuple(instance for instance in daemons if instance.service.name in used),
    )


def _taken(
    settings: StackSettings,
    site: Site,
    services: Sequence[AnyService],
    wired_services: tuple[WiredService, ...],
    cluster: str = "",
) -> Inventory:
    shared = [shown for wired in wired_services for shown in (wired.service.shares(wired.mine), wired.part.shares)]
    others = joined(shared)
    with_data = tuple(wired for wired in wired_services if wired.part.has_data)
    return Inventory(
        settings=settings,
        services=services,
        site=site,
        wired_services=wired_services,
        others=others,
        pools=_pools(with_data),
        ceph_users={
            wired.service.label: user
            for wired in with_data
            if (user := wired.service.ceph_user(wired.mine, others)) is not None
        },
        daemons=tuple(
            DaemonOnHost(
                wired.service,
                wired.daemon(settings.platform, settings.release),
                host,
                tuple(wired.service.keyrings_read(wired.mine, others)),
                tuple(wired.service.keyrings_kept(wired.mine, others)),
                wired.service.worker_count(wired.mine),
            )
            for wired in wired_services
            for host in wired.mine.hosts
        ),
        cluster=cluster,
    )


def _pools(wired_services: Sequence[WiredService]) -> dict[str, OwnedPool]:
    """Return logical name to pool. A data pool comes before the pool whose images have their data there."""
    found: dict[str, OwnedPool] = {}
    for wired in wired_services:
        name, label, moved = wired.service.name, wired.service.label, wired.part.moved
        for told in wired.service.pools(wired.mine):
            wanted = replace(told, where=moved.get(told.where, told.where))
            if wanted.data is not None:
                found[names.data_pool(label, wanted.role)] = OwnedPool((name, *wanted.data.where), wanted.data)
            found[names.pool(label, wanted.role)] = OwnedPool((name, *wanted.where), wanted)
    return found


def _site(settings: StackSettings, stack: str) -> Site:
    return Site(
        stack=stack,
        release=settings.release,
        platform=PLATFORMS[settings.platform],
        fsid=settings.cluster.fsid,
        cluster_name=settings.cluster.name,
        adopt=settings.adopt,
        cell=settings.cell,
        cloud=cloud_name(settings.openstack) if settings.openstack else None,
    )


def cloud_name(openstack: OpenStack) -> CloudName:
    """Return which OpenStack the settings name, without how to log in."""
    given = {
        "name": openstack.cloud,
        "file": openstack.clouds_file,
        "region": openstack.region,
        "interface": openstack.interface,
    }
    return CloudName.model_validate({name: value for name, value in given.items() if value is not None})
