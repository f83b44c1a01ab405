"""What every Ceph client on a host shares: /etc/ceph, ceph.conf and the keyrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.settings.option_line import option_key, option_keys
from components.stack import names
from components.stack.draft import Draft
from components.stack.file_labels import add_file_label
from components.stack.guest_files import add_guest_files, guest_options
from components.stack.inventory import Inventory
from components.stack.keyrings import KeyringOnHost, keyrings_on
from components.stack.visible_copies import add_visible_copy
from providers.formats.ceph_conf import CEPH_CONF
from providers.models import CephConfDesired, DirectoryDesired, KeyringDesired

DATA_POOL = "rbd_default_data_pool"
"""The option by which a client of RBD keeps the data of images that it makes in another pool than their names."""


def add_ceph_client(
    draft: Draft, inventory: Inventory, *, users: Mapping[str, str], needs: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Add, for each host, the folders, then ceph.conf, then a keyring for each entity.

    Args:
        draft: the graph.
        inventory: what the services need.
        users: entity to the user's logical name; empty in a cell.
        needs: host to the logical names of what has to be made before the files there.

    Returns:
        Host to the logical names of its files.
    """
    draft.component(inventory.named(names.CEPH_CLIENT[0]), names.component_type(names.CEPH_CLIENT[1]))
    made: dict[str, list[str]] = {}
    for host in inventory.hosts:
        guest = guest_options(inventory, host)
        folders = [_directory(draft, inventory, host, needs[host])]
        folders += add_guest_files(draft, inventory, host, needs[host])
        keyrings = keyrings_on(inventory, host)
        with_data = [users[one.entity] for one in keyrings if one.entity in users and _data_pool(inventory, one)]
        _conf(draft, inventory, host, _sections(inventory, keyrings, guest), needs=[*folders, *with_data])
        files = {inventory.site.ceph_conf: inventory.named(names.ceph_conf(host))}
        files |= {one.path: _add_keyring(draft, inventory, host, one, users) for one in keyrings if one.managed}
        labelled = [add_file_label(draft, inventory, host, path, file=name) for path, name in files.items()]
        made[host] = [*folders, *(name for both in labelled for name in both)]
    return made


def conf_places(inventory: Inventory) -> list[tuple[str, str]]:
    """Return section and option of all that the program itself writes into ceph.conf, on any host."""
    entities = [
        ceph_user.user.entity_of(generation)
        for ceph_user in inventory.users.values()
        for generation in ceph_user.user.generations
    ]
    data = [
        (ceph_user.user.entity_of(generation), DATA_POOL)
        for label, ceph_user in inventory.users.items()
        if inventory.default_data_pool(label)
        for generation in ceph_user.user.generations
    ]
    return [("global", "fsid"), ("global", "mon_host"), *((entity, "keyring") for entity in entities), *data]


def _directory(draft: Draft, inventory: Inventory, host: str, needs: Sequence[str]) -> str:
    etc = DirectoryDesired(
        stack=inventory.site.stack,
        host=host,
        path="/etc/ceph",
        owner="root",
        group="root",
        mode="0755",
        adopt=inventory.site.takes_over,
    )
    draft.add_once(names.ceph_directory(host), etc, parent=names.CEPH_CLIENT[0], needs=needs)
    return names.ceph_directory(host)


def _sections(
    inventory: Inventory, keyrings: Sequence[KeyringOnHost], guest: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    cluster, site = inventory.settings.cluster, inventory.site
    sections = {"global": {"fsid": site.fsid, "mon_host": ",".join(cluster.mon_hosts)}}
    client = {CEPH_CONF.option_key(name): value for name, value in {**cluster.client_options, **guest}.items()}
    if client:
        sections["client"] = client
    for keyring in keyrings:
        named = {"keyring": keyring.path} if keyring.managed else {}
        pool = _data_pool(inventory, keyring)
        section = {**named, **({DATA_POOL: pool} if pool else {})}
        if section:
            sections[keyring.entity] = section
    return _managed(sections, cluster.unmanaged_options)


def _data_pool(inventory: Inventory, keyring: KeyringOnHost) -> str | None:
    """Return the data pool of the images that are made as the keyring's user.

    The user has to have caps on the pool before ceph.conf names it, because a client that is started then uses it.
    """
    return inventory.default_data_pool(keyring.label)


def _managed(sections: Mapping[str, Mapping[str, str]], unmanaged: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the sections without the options that are left unmanaged, and without a section of which nothing is left.

    What the settings' own `client_options` set stays.
    """
    left = option_keys(unmanaged, CEPH_CONF)
    kept = {
        name: {option: value for option, value in options.items() if option_key(name, option, CEPH_CONF) not in left}
        for name, options in sections.items()
    }
    return {name: options for name, options in kept.items() if options}


def _conf(
    draft: Draft, inventory: Inventory, host: str, sections: dict[str, dict[str, str]], needs: Sequence[str]
) -> None:
    site = inventory.site
    with draft.made_from(*inventory.cluster_setting):
        conf = CephConfDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            component="ceph-client",
            path=site.ceph_conf,
            sections=sections,
            adopt=site.takes_over,
        )
        name, parent = inventory.named(names.ceph_conf(host)), inventory.named(names.CEPH_CLIENT[0])
        draft.add(name, conf, parent=parent, needs=add_visible_copy(draft, inventory, host, site.ceph_conf, needs))


def _add_keyring(
    draft: Draft, inventory: Inventory, host: str, keyring: KeyringOnHost, users: Mapping[str, str]
) -> str:
    site, entity = inventory.site, keyring.entity
    name = inventory.named(names.keyring(keyring.label, keyring.generation, host))
    with draft.made_from(inventory.service(keyring.label).name, inventory.users[keyring.label].setting):
        desired = KeyringDesired(
            stack=site.stack,
            host=host,
            fsid=site.fsid,
            entity=entity,
            path=keyring.path,
            owner=keyring.owner,
            group=keyring.group,
            mode=keyring.mode,
            adopt=site.adopts(keyring.user.adopt) and keyring.generation == 1,
        )
        needs = [names.ceph_directory(host), *([users[entity]] if entity in users else [])]
        draft.add(name, desired, parent=inventory.named(names.CEPH_CLIENT[0]), needs=needs)
    return name
