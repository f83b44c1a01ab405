"""What every Ceph client on a host shares: /etc/ceph, ceph.conf and the keyrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.settings.user import User
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from providers.formats.ceph_conf import CEPH_CONF
from providers.models import CephConfDesired, DirectoryDesired, KeyringDesired

KEYRING_MODE = "0640"


@dataclass(frozen=True)
class Reader:
    """A user whose keyrings a host needs.

    Attributes:
        label: the service whose user it is.
        user: the user.
        owner: owner of the files, mode 0640.
        group: group of the files. Where two daemons need one keyring, one is let in as owner, the other as group.
    """

    label: str
    user: User
    owner: str
    group: str


def add_ceph_client(
    draft: Draft, inventory: Inventory, *, users: Mapping[str, str], after: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add, per host, the folder, then ceph.conf, then a keyring per entity.

    Args:
        draft: the graph.
        inventory: what is needed.
        users: entity to the user's logical name; empty in a cell.
        after: host to what comes before its files.

    Returns:
        Host to the logical names of its files.
    """
    parent, component = names.CEPH_CLIENT
    draft.component(parent, names.component_type(component))
    readers = _readers(inventory)
    made: dict[str, list[str]] = {}
    for host in inventory.hosts:
        guest = _guest_options(inventory, host)
        folders = _folders(draft, inventory, host, guest, after[host])
        _conf(draft, inventory, host, _sections(inventory, readers[host], guest), needs=folders)
        keyrings = [
            _keyring(draft, inventory, host, reader, generation, users)
            for reader in readers[host]
            for generation in reader.user.generations
        ]
        made[host] = [*folders, names.ceph_conf(host), *keyrings]
    return made


def _readers(inventory: Inventory) -> dict[str, list[Reader]]:
    """Return host to the users whose keyrings lie on it, each once, readable by the daemons that need it."""
    roles, found = inventory.roles, dict[str, list[Reader]]()
    for host in inventory.hosts:
        here = [one for one in inventory.running if one.host == host]
        entities = {user.entity: user for one in here for user in one.users}
        found[host] = []
        for entity, user in entities.items():
            # Daemons of one project share an owner, so there are at most two.
            daemons = [one.daemon for one in here if user in one.users]
            found[host].append(Reader(roles[entity], user, daemons[0].user, daemons[-1].group))
    return found


def _guest_options(inventory: Inventory, host: str) -> dict[str, str]:
    here = [one for one in inventory.present if host in one.mine.hosts]
    return {name: value for one in here for name, value in one.service.guest_options(one.mine).items()}


def _folders(
    draft: Draft, inventory: Inventory, host: str, guest: Mapping[str, str], after: Sequence[str]
) -> list[str]:
    stack, platform, parent = inventory.site.stack, inventory.site.platform, names.CEPH_CLIENT[0]
    etc = DirectoryDesired(stack=stack, host=host, path="/etc/ceph", owner="root", group="root", mode="0755")
    draft.add(names.ceph_directory(host), etc, parent=parent, needs=after)
    made = [names.ceph_directory(host)]
    for kind, (option, path) in guest_folders(guest).items():
        name = names.guest_directory(kind, host)
        with draft.made_from(*_setting_of(inventory, host, option)):
            folder = DirectoryDesired(
                stack=stack, host=host, path=path, owner=platform.qemu_user, group=platform.qemu_group, mode="0770"
            )
            draft.add(name, folder, parent=parent, needs=after)
        made.append(name)
    return made


def _setting_of(inventory: Inventory, host: str, option: str) -> tuple[str, ...]:
    """Return the path of the setting that has an option of guests."""
    here = [one for one in inventory.present if host in one.mine.hosts]
    service = next(one.service for one in here if option in one.service.guest_options(one.mine))
    return (service.name, "client_options", option)


def guest_folders(options: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return, for the socket and the log of guests, the option and the folder, as far as the folder's name is fixed."""
    folders: dict[str, tuple[str, str]] = {}
    for name, value in options.items():
        kind = {"admin_socket": "socket", "log_file": "log"}.get(CEPH_CONF.option_key(name))
        folder = str(PurePosixPath(value).parent)
        seen = [path for _, path in folders.values()]
        if kind and folder.startswith("/") and "$" not in folder and folder not in seen:
            folders[kind] = (name, folder)
    return folders


def _sections(inventory: Inventory, readers: Sequence[Reader], guest: Mapping[str, str]) -> dict[str, dict[str, str]]:
    cluster, site = inventory.settings.cluster, inventory.site
    sections = {"global": {"fsid": site.fsid, "mon_host": ",".join(cluster.mon_hosts)}}
    client = {CEPH_CONF.option_key(name): value for name, value in {**cluster.client_options, **guest}.items()}
    if client:
        sections["client"] = client
    for reader in readers:
        for entity in map(reader.user.entity_of, reader.user.generations):
            sections[entity] = {"keyring": site.keyring(entity)}
    return sections


def _conf(
    draft: Draft, inventory: Inventory, host: str, sections: dict[str, dict[str, str]], needs: Sequence[str]
) -> None:
    site = inventory.site
    with draft.made_from("cluster"):
        conf = CephConfDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            component="ceph-client",
            path=site.ceph_conf,
            sections=sections,
        )
        draft.add(names.ceph_conf(host), conf, parent=names.CEPH_CLIENT[0], needs=needs)


def _keyring(
    draft: Draft, inventory: Inventory, host: str, reader: Reader, generation: int, users: Mapping[str, str]
) -> str:
    site, entity = inventory.site, reader.user.entity_of(generation)
    name = names.keyring(reader.label, generation, host)
    with draft.made_from(inventory.service(reader.label).name, "user"):
        keyring = KeyringDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            entity=entity,
            path=site.keyring(entity),
            owner=reader.owner,
            group=reader.group,
            mode=KEYRING_MODE,
            adopt=reader.user.adopt and generation == 1,
        )
        needs = [names.ceph_directory(host), *([users[entity]] if entity in users else [])]
        draft.add(name, keyring, parent=names.CEPH_CLIENT[0], needs=needs)
    return name
