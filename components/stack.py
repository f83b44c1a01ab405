"""The whole stack: who needs whose pool, keyring and secret. What one service knows of another is only here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pulumi
from pulumi import Resource, ResourceOptions

from providers.models import GuardDesired, SecretPlace
from providers.resources import Guard

from .caps import backup_caps, cinder_caps, glance_caps, nova_caps
from .ceph_client import CephClient, Reader
from .cinder import Cinder
from .cinder_backup import CinderBackup
from .cluster import ClusterSide, WantedUser
from .context import Context
from .edits import Edit
from .glance import Glance
from .nova import Nova, secret_places
from .openstack import OpenStack
from .platforms import Daemon
from .preflight import preflights
from .restarts import Reading, change_restart, removal_restarts
from .settings import Pool, SecretUser, StackSettings, User


def build(settings: StackSettings, stack: str) -> None:
    """Declare every resource of the stack called `stack`."""
    context = Context(stack, settings)
    advise(settings)
    warn(settings)
    gate = guard(context, "gate", guards="change")
    users: Mapping[str, Resource] = {}
    everything: list[Resource] = []
    if not settings.cell:
        side = ClusterSide(context, pools=wanted_pools(settings), users=wanted_users(settings), after=[gate])
        users = side.users
        everything += side.resources

    readings = wanted_readings(context)
    ready_hosts = preflights(context, readings, after=gate)
    everything += ready_hosts.values()
    removal = removal_restarts(context, readings, users, after=ready_hosts)
    computes = settings.nova.hosts if settings.nova else []
    guest_options = settings.nova.client_options if settings.nova else {}
    client = CephClient(
        context,
        wanted_readers(context),
        guest_options=dict.fromkeys(computes, guest_options),
        users=users,
        after=removal,
    )

    ready = {host: [*removal[host], *client.resources[host]] for host in client.resources}
    edited: dict[str, list[Resource]] = {host: list(resources) for host, resources in client.resources.items()}
    config: dict[str, dict[str, Edit]] = {}
    if settings.glance:
        config[context.platform.glance_api.unit] = Glance(
            context,
            settings.glance,
            direct_snapshots=settings.nova is not None and settings.nova.direct_snapshots,
            after=ready,
        ).edits
    if settings.cinder:
        config[context.platform.cinder_volume.unit] = Cinder(context, settings.cinder, after=ready).edits
    if settings.cinder_backup:
        backup = CinderBackup(context, settings.cinder_backup, after=ready)
        config[context.platform.cinder_backup.unit] = backup.edits
    if settings.nova and settings.nova_user:
        nova = Nova(
            context,
            settings.nova,
            user=settings.nova_user,
            secret_users=secret_users(settings),
            users=users,
            after=ready,
        )
        config[context.platform.nova_compute.unit] = nova.edits
        for host, resources in nova.resources.items():
            edited[host] += resources
    for edits in config.values():
        for host, edit in edits.items():
            edited[host] += [edit.resource]

    for resources in [*removal.values(), *edited.values()]:
        everything += resources
    restarts: dict[str, list[Resource]] = {}
    for reading in readings:
        host, keyrings = reading.host, client.keyrings[reading.host]
        edits_read = [
            client.conf_edit(host, reading.users),
            *(keyrings[entity] for entity in reading.users),
            config[reading.daemon.unit][host],
        ]
        restart = change_restart(context, reading, edits_read, after=edited[host])
        restarts.setdefault(reading.daemon.unit, []).append(restart)
        everything.append(restart)
    if settings.openstack:
        volumes = restarts.get(context.platform.cinder_volume.unit, [gate])
        glance = restarts.get(context.platform.glance_api.unit, [gate])
        everything += OpenStack(context, settings.openstack, volumes=volumes, glance=glance).resources

    guard(context, "guard", guards="removal", after=everything)


def guard(
    context: Context, name: str, *, guards: Literal["change", "removal"], after: Sequence[Resource] = ()
) -> Guard:
    """Return a guard of all that data or running servers may depend on; adopted things stay, so they need none."""
    settings = context.settings
    pools = [] if settings.cell else [one.name for one in wanted_pools(settings).values() if not one.adopt]
    places = secret_places(context, settings.nova, secret_users(settings)) if settings.nova else []
    return Guard(
        name,
        GuardDesired(
            stack=context.stack,
            fsid=context.fsid,
            guards=guards,
            pools=pools,
            entities=[] if settings.cell else owned_entities(settings),
            secrets=[SecretPlace(host=place.host, uuid=place.uuid) for place in places],
            cloud=context.cloud,
            volume_types=guarded_types(settings),
        ),
        opts=ResourceOptions(depends_on=list(after)),
    )


def advise(settings: StackSettings) -> None:
    """Say what this program cannot do for its operator."""
    if settings.glance and (settings.cinder or (settings.nova and settings.nova.pool)):
        pulumi.log.info(
            "ceph-openstack:glance: only raw images are cloned; volumes and servers of any other format (qcow2) are full "
            "copies: `qemu-img convert -O raw` before the upload (docs/running-cloud.md)"
        )


def warn(settings: StackSettings) -> None:
    """Say what works, but less well than its operator may think."""
    if settings.cinder_backup and settings.cinder_backup.hosts:
        pulumi.log.warn(
            "ceph-openstack:cinder_backup: backups that another backup_driver made can be neither restored nor deleted while "
            "Ceph's is set (docs/running-cloud.md)"
        )
    if settings.glance is None and not settings.cell and (settings.cinder or settings.nova):
        pulumi.log.warn(
            "ceph-openstack:glance: is left out, so Cinder's and Nova's users may not read its pool: "
            "disks from images are full copies"
        )


def backend_pool(backend: str) -> str:
    """Return the logical name of a Cinder back end's pool; `ceph` is what `cinder.pool` stands for."""
    return "cinder-pool" if backend == "ceph" else f"cinder-pool-{backend}"


def wanted_pools(settings: StackSettings) -> dict[str, Pool]:
    """Return logical name -> pool. Names come from roles, never from a pool's own name."""
    pools: dict[str, Pool] = {}
    if settings.glance:
        pools["glance-pool"] = settings.glance.pool
    if settings.cinder:
        for name, backend in settings.cinder.all_backends.items():
            pools[backend_pool(name)] = backend.pool
    if settings.cinder_backup:
        pools["cinder-backup-pool"] = settings.cinder_backup.pool
    if settings.nova and settings.nova.pool:
        pools["nova-pool"] = settings.nova.pool
    return pools


def wanted_users(settings: StackSettings) -> dict[str, WantedUser]:
    """Return role -> user with its caps, and the pools that they name."""
    glance, cinder, backup, nova = settings.glance, settings.cinder, settings.cinder_backup, settings.nova
    images = glance.pool.name if glance else None
    vms = nova.pool.name if nova and nova.pool else None
    volumes = [backend.pool.name for backend in cinder.all_backends.values()] if cinder else []
    shared = nova is not None and nova.user is None
    direct = nova is not None and nova.direct_snapshots
    users: dict[str, WantedUser] = {}

    def add(role: str, user: User, caps: dict[str, str]) -> None:
        named = caps["osd"].split(", ")
        pools = [
            label for label, pool in wanted_pools(settings).items() if any(_names(one, pool.name) for one in named)
        ]
        users[role] = WantedUser(user, caps, tuple(pools))

    if glance:
        parents = [*volumes, *([vms] if vms else [])] if glance.clone_v2 else []
        add("glance", glance.user, glance_caps(glance.pool.name, clone_parents_of=parents))
    if cinder:
        caps = cinder_caps(volumes, images=images, vms=vms if shared else None, write_images=shared and direct)
        add("cinder", cinder.user, caps)
    if backup:
        add(
            "cinder-backup",
            backup.user,
            backup_caps(backup.pool.name, volumes=volumes if backup.read_volumes else []),
        )
    if nova and nova.user and nova.pool:
        add("nova", nova.user, nova_caps(nova.pool.name, images=images, write_images=direct))
    return users


def _names(cap: str, pool: str) -> bool:
    return cap.endswith(f" pool={pool}")


def owned_entities(settings: StackSettings) -> list[str]:
    """Return the entities that go with the stack: all but adopted ones."""
    return [
        wanted.user.entity_of(generation)
        for wanted in wanted_users(settings).values()
        for generation in wanted.user.generations
        if not (wanted.user.adopt and generation == 1)
    ]


def guarded_types(settings: StackSettings) -> list[str]:
    """Return all volume types: adopted ones stay, but what they select goes back, which their volumes forbid."""
    return list(settings.openstack.volume_types) if settings.openstack else []


def secret_users(settings: StackSettings) -> dict[str, SecretUser]:
    """Return role -> user whose key computes hold: Cinder names its own user and secret for every attached volume."""
    users: dict[str, SecretUser] = {}
    if settings.cinder:
        users["cinder"] = settings.cinder.user
    if settings.nova and settings.nova.user:
        users["nova"] = settings.nova.user
    return users


def wanted_readings(context: Context) -> list[Reading]:
    """Return every daemon that reads files of the stack, in the order in which guides restart them.

    cinder-backup opens volumes as Cinder's user, and os-brick insists on its keyring; nova-compute asks the cluster as
    Nova's user, and checks volumes as Cinder's. The previous generation of a user is read by nobody anew.
    """
    settings, platform = context.settings, context.platform
    cinder = (settings.cinder.user.entity,) if settings.cinder else ()
    readings: list[Reading] = []

    def add(hosts: list[str], daemon: Daemon, users: tuple[str, ...], workers: int = 1) -> None:
        readings.extend(Reading(host, daemon, users, workers) for host in hosts)

    if settings.glance:
        add(settings.glance.hosts, platform.glance_api, (settings.glance.user.entity,))
    if settings.cinder:
        add(settings.cinder.hosts, platform.cinder_volume, cinder, workers=len(settings.cinder.all_backends))
    if settings.cinder_backup:
        own = settings.cinder_backup.user.entity
        add(settings.cinder_backup.hosts, platform.cinder_backup, (own, *cinder))
    if settings.nova:
        nova = (settings.nova.user.entity,) if settings.nova.user else ()
        add(settings.nova.hosts, platform.nova_compute, (*nova, *cinder))
    return readings


def wanted_readers(context: Context) -> dict[str, list[Reader]]:
    """Return host -> users whose keyrings lie on it, each once, readable by the daemons that need it."""
    settings = context.settings
    roles: dict[str, tuple[str, User]] = {
        wanted.user.entity: (role, wanted.user) for role, wanted in wanted_users(settings).items()
    }
    owners: dict[tuple[str, str], list[Daemon]] = {}
    for reading in wanted_readings(context):
        for entity in reading.users:
            owners.setdefault((reading.host, entity), []).append(reading.daemon)
    readers: dict[str, list[Reader]] = {}
    for (host, entity), daemons in owners.items():
        role, user = roles[entity]
        # Cinder's daemons share an owner, so there are at most two: Cinder's and Nova's.
        readers.setdefault(host, []).append(Reader(role, user, daemons[0].user, daemons[-1].group))
    return readers
