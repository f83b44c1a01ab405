"""Looks for flaws on all hosts of a stack side by side, over one connection each, and in the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from glob import escape

from commands.flaw import Flaw
from commands.flaws_in_caps import flaws_in_caps
from commands.flaws_in_ceph_conf import flaws_in_ceph_conf
from commands.flaws_in_key_files import PATTERNS, flaws_in_key_files
from commands.flaws_in_key_types import flaws_in_key_types
from commands.flaws_in_options import ReadFiles, files_read, flaws_in_files
from commands.lint.linted import Linted
from components.services import SERVICES
from components.services.service import AnyService
from components.stack.inventory import Inventory
from components.stack.key_type_notice import OLD_KEY_TYPE
from providers.errors import ProviderError
from providers.reach.host import RemoteHost
from providers.reach.machines import Machines
from providers.redaction import redacted_line

THREADS = 64

Look = Callable[[], Iterable[Flaw]]


def look_for_flaws(inventory: Inventory, machines: Machines, services: Sequence[AnyService] = SERVICES) -> Linted:
    """Return what was found on every host of the stack and in its cluster, and what could not be looked at.

    Args:
        inventory: What the services of the stack need.
        machines: The hosts and the cluster.
        services: All services that there are, because several may read one file.
    """
    caps, users, admins = list[Linted](), dict[str, str](), list[str]()
    for there in inventory.in_use:
        if admin := machines.admin_or_none(there.site.fsid):
            admins.append(admin)
            caps.append(_done(admin, {"caps": partial(_in_cluster, there, machines)}))
            users |= _users(there, machines) if not caps[-1].unseen else {}
    hosts = list(dict.fromkeys([*admins, *inventory.hosts]))
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(lambda host: _on_host(host, inventory, machines, users, services), hosts))
    return _joined([*caps, *parts])


def _joined(parts: Sequence[Linted]) -> Linted:
    return Linted(
        tuple(place for part in parts for place in part.looked_at),
        tuple(dict.fromkeys(flaw for part in parts for flaw in part.flaws)),
        tuple(place for part in parts for place in part.unseen),
    )


def _on_host(
    where: str, inventory: Inventory, machines: Machines, users: Mapping[str, str], services: Sequence[AnyService]
) -> Linted:
    looks: dict[str, Look] = {
        f"files of {files.service.label}": lambda files=files: _in_files(machines.host(where), files, services)  # type: ignore[misc]
        for files in files_read(inventory, where)
    }
    for there in inventory.in_use:
        path = there.site.ceph_conf
        looks[path if there.cluster else "ceph.conf"] = partial(_in_ceph_conf, machines.host(where), path)
    looks["files with keys"] = lambda: flaws_in_key_files(where, machines.host(where).key_files(PATTERNS), users)
    return _done(where, looks)


def _done(where: str, looks: Mapping[str, Look]) -> Linted:
    """Do the looks, and keep apart those that could not be done."""
    flaws, looked_at, unseen = list[Flaw](), list[tuple[str, str]](), list[tuple[str, str, str]]()
    for what, look in looks.items():
        try:
            flaws += look()
            looked_at.append((where, what))
        except ProviderError as problem:
            unseen.append((where, what, redacted_line(str(problem))))
        except Exception as problem:  # noqa: BLE001 - a defect of ours must not hide what the other looks found
            text = redacted_line(f"internal error, please report it: {type(problem).__name__}: {problem}")
            unseen.append((where, what, text))
    return Linted(tuple(looked_at), tuple(flaws), tuple(unseen))


def _in_files(host: RemoteHost, files: ReadFiles, services: Sequence[AnyService]) -> Iterator[Flaw]:
    conf, later = files.daemon.conf, files.daemon.later_files
    found = host.read_files(
        [conf], follow=[pattern for path in later for pattern in (escape(path), f"{escape(path)}/*.conf")]
    )
    texts = {path: state.content or "" for path, state in found.items() if state.kind == "file"}
    return flaws_in_files(host.access.name, files, texts, services)


def _in_ceph_conf(host: RemoteHost, path: str) -> Iterator[Flaw]:
    state = host.read_files([path], hide_keys=True).get(path)
    if state is None or state.kind != "file":
        return iter(())  # a host without one, or with a link, is no flaw; drift says what is missing
    return flaws_in_ceph_conf(host.access.name, path, state.content or "")


def _in_cluster(inventory: Inventory, machines: Machines) -> Iterator[Flaw]:
    """Yield the flaws in the keys of the stack's users, and in the caps of those of RBD images."""
    cluster = machines.cluster(inventory.site.fsid)
    users, where = cluster.users(), cluster.host().access.name
    told = OLD_KEY_TYPE not in inventory.settings.acknowledge
    known = cluster.monitors().key_types if told else []
    for needed in inventory.needed_users.values():
        for entity in map(needed.user.entity_of, needed.user.generations):
            if entity in users:
                yield from flaws_in_key_types(where, entity, users[entity].key_type, known)
                if needed.caps.of_images:
                    yield from flaws_in_caps(where, entity, users[entity].caps, needed)


def _users(inventory: Inventory, machines: Machines) -> dict[str, str]:
    """Return the entity of each key of the cluster, by the SHA-256 of the key."""
    return {row.key: entity for entity, row in machines.cluster(inventory.site.fsid).users().items()}
