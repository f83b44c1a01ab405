"""Looks at the guests of all compute hosts at the same time, and holds them against the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from commands.guests.host_guests import HostGuests, SeenDisk, SeenGuest
from components.stack.graph import Graph
from providers.errors import ProviderError
from providers.formats import mon_host
from providers.models import CephConfDesired, ConfigSectionsDesired, SecretDesired, disk_users
from providers.reach.answers.guest import Guest, GuestDisk
from providers.reach.machines import Machines
from providers.redaction import redacted_line

THREADS = 32


@dataclass(frozen=True)
class _Wanted:
    """What a guest of one host would be started with now.

    Attributes:
        users: Pool -> user and UUID of the secret.
        usages: UUID of each secret of the host -> its usage name.
        conf: Path of ceph.conf on the host; empty when the stack does not write it.
        monitors: The addresses of the settings' monitors, without ports.
    """

    users: Mapping[str, tuple[str, str]]
    usages: Mapping[str, str]
    conf: str
    monitors: frozenset[str]


def look_at_guests(graph: Graph, mon_hosts: Sequence[str], machines: Machines) -> list[HostGuests]:
    """Return the guests of every host that has libvirt secrets of the stack, in the order of the graph.

    Args:
        graph: What the stack wires.
        mon_hosts: The monitors that the settings name.
        machines: The hosts.
    """
    models = [node.model for node in graph.nodes.values()]
    files = [model for model in models if isinstance(model, ConfigSectionsDesired)]
    secrets = [model for model in models if isinstance(model, SecretDesired)]
    confs = {model.host: model.path for model in models if isinstance(model, CephConfDesired)}
    monitors = frozenset(str(address.host) for entry in mon_hosts for address in mon_host.parse(entry))
    hosts = list(dict.fromkeys(secret.host for secret in secrets))
    wanted = {
        host: _Wanted(
            _users(files, host),
            {secret.uuid: secret.usage for secret in secrets if secret.host == host},
            confs.get(host, ""),
            monitors,
        )
        for host in hosts
    }
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda host: _look(host, wanted[host], machines), hosts))


def _users(files: Sequence[ConfigSectionsDesired], host: str) -> dict[str, tuple[str, str]]:
    """Return pool -> user and secret. The host's own file counts before those of others that name the same pool."""
    own_last = sorted(files, key=lambda file: file.host == host)
    return {pool: user for file in own_last for pool, user in disk_users(file.sections).items()}


def _look(host: str, wanted: _Wanted, machines: Machines) -> HostGuests:
    try:
        reached = machines.host(host)
        guests = reached.libvirt_guests()
        conf = reached.read_files([wanted.conf]).get(wanted.conf) if wanted.conf and guests else None
    except ProviderError as problem:
        return HostGuests(host, [], redacted_line(str(problem)))
    changed = conf.ctime_ns / 1e9 if conf else 0.0
    return HostGuests(host, [_seen(guest, wanted, changed) for guest in sorted(guests, key=lambda one: one.name)])


def _seen(guest: Guest, wanted: _Wanted, changed: float) -> SeenGuest:
    before = guest.started < changed if guest.started and changed else None
    return SeenGuest(guest, [_disk(disk, wanted) for disk in guest.disks], before)


def _disk(disk: GuestDisk, wanted: _Wanted) -> SeenDisk:
    user, secret = wanted.users.get(disk.pool, ("", ""))
    if not user:  # a pool that no file of this stack names, such as a volume's in a stack of computes
        return SeenDisk(disk, disk.secret in wanted.usages, [])
    old = []
    if disk.user != user:
        old.append(f"user {disk.user or '(none)'} instead of {user}")
    if disk.secret != secret and (disk.secret or disk.usage != wanted.usages.get(secret, "")):
        old.append(f"secret {disk.secret or disk.usage or '(none)'} instead of {secret}")
    known = {address.rpartition(":")[0].strip("[]") or address for address in disk.monitors}
    if known and not known & wanted.monitors:
        old.append(f"no monitor but {', '.join(sorted(known))}")
    return SeenDisk(disk, True, old)
