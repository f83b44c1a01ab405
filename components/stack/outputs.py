"""The stack's outputs: what other programs may know of a stack. Every value is known in a preview, and none is a key.

All levels are maps by names that a reader knows (a service's setting, a host, an entity), so that a preview shows a
change as `~ users.cinder: "client.cinder" => "client.cinder-g2"`. Services go by the names of their settings.
docs/outputs.md is the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.services.secret_identity import user_secret_uuid
from components.settings.user import SecretUser
from components.stack import names
from components.stack.inventory import Inventory
from components.stack.node import Node
from providers.models import (
    CephConfDesired,
    ConfigSectionsDesired,
    KeyringDesired,
    PoolDesired,
    UserDesired,
    VolumeTypeDesired,
)

Output = dict[str, Any]


def outputs(inventory: Inventory, nodes: Mapping[str, Node]) -> Output:
    """Return the outputs by name.

    Each name is there in every stack, also where its value is empty; `clusters` only with further clusters.

    Args:
        inventory: what the services need.
        nodes: the nodes of the graph by logical name.
    """
    own, *further = inventory.clusters
    return {
        "fsid": inventory.site.fsid,
        "release": inventory.site.release,
        **_on_cluster(own),
        "back_ends": _back_ends(inventory),
        "hosts": _hosts(inventory),
        "host_groups": _groups(inventory, nodes),
        "adopted": {"everything": inventory.site.adopt, **_adopted(own, nodes), "volume_types": _adopted_types(nodes)},
        **({"clusters": {there.cluster: _further(there, nodes) for there in further}} if further else {}),
    }


def _on_cluster(inventory: Inventory) -> Output:
    """Return what is on a cluster, and the secrets of its users on the hosts."""
    return {
        "pools": _pools(inventory, data=False),
        "data_pools": _pools(inventory, data=True),
        "users": _users(inventory),
        "secret_uuids": _secret_uuids(inventory),
    }


def _further(inventory: Inventory, nodes: Mapping[str, Node]) -> Output:
    """Return of a further cluster what the outputs say of the stack's own."""
    return {"fsid": inventory.site.fsid, **_on_cluster(inventory), "adopted": _adopted(inventory, nodes)}


def _pools(inventory: Inventory, *, data: bool) -> Output:
    """Return role to the name of the pool: the service, and for further pools of the service `cinder.<role>`.

    Args:
        inventory: what the services need.
        data: whether the pools of images are meant, or the pools that hold data of images in those.
    """
    return {
        _role(owned.where[0], owned.wanted.role): owned.wanted.pool.name
        for owned in inventory.pools.values()
        if owned.wanted.is_data == data
    }


def _role(service: str | int, role: str) -> str:
    return f"{service}.{role}" if role else str(service)


def _users(inventory: Inventory) -> Output:
    """Return service to its own user. A user that a service only had, and as which guests still run, is none."""
    return {
        inventory.service(label).name: wanted.user.entity
        for label, wanted in inventory.users.items()
        if wanted.setting == "user"
    }


def _secret_uuids(inventory: Inventory) -> Output:
    """Return entity to the UUID of the libvirt secret, which services name also where no compute is in the stack."""
    users = [wanted.user for wanted in inventory.users.values() if isinstance(wanted.user, SecretUser)]
    return {
        user.entity_of(generation): user_secret_uuid(inventory.site.fsid, user, generation)
        for user in users
        for generation in user.generations
    }


def _back_ends(inventory: Inventory) -> Output:
    """Return service to the back ends by the name of their section."""
    return {
        wired.service.name: {name: dict(shown) for name, shown in found.items()}
        for wired in inventory.wired_services
        if (found := wired.service.shown_backends(wired.mine))
    }


def _groups(inventory: Inventory, nodes: Mapping[str, Node]) -> Output:
    """Return group to the services that the stack wires on each host of the group, its files and its keyrings there.

    A group is what hosts with the same services have in common, because Pulumi prints all outputs after each run, and
    hundreds of hosts differ in nothing. Where files and keyrings are follows from the services on a host. Those of a
    further cluster have `@` and its name behind their own.
    """
    groups = {group: host for host, group in _hosts(inventory).items()}
    services = {service.label: service.name for service in inventory.services}
    further = {there.site.fsid: f"@{there.cluster}" if there.cluster else "" for there in inventory.clusters}
    found: Output = {group: {"services": {}, "files": {}, "keyrings": {}} for group in groups}
    for group, host in groups.items():
        for instance in inventory.daemons:
            if instance.host == host:
                found[group]["services"][instance.service.name] = instance.daemon.unit
        for node in nodes.values():
            match node.model:
                case CephConfDesired(host=where, path=path, fsid=fsid) if where == host:
                    found[group]["files"][f"ceph{further[fsid]}"] = path
                case ConfigSectionsDesired(host=where, path=path, component=label) if where == host:
                    found[group]["files"][services[label]] = path
                case KeyringDesired(host=where, path=path, entity=entity, fsid=fsid) if where == host:
                    found[group]["keyrings"][f"{entity}{further[fsid]}"] = path
    return found


def _hosts(inventory: Inventory) -> dict[str, str]:
    """Return host to its group, which is called as the services on the host are, such as `cinder+glance`."""
    here: dict[str, set[str]] = {}
    for instance in inventory.daemons:
        here.setdefault(instance.host, set()).add(instance.service.name)
    return {host: "+".join(sorted(names)) for host, names in here.items()}


def _adopted(inventory: Inventory, nodes: Mapping[str, Node]) -> Output:
    """Return what the settings let the stack take over if it exists, which a deletion then leaves in place."""
    models = {name: node.model for name, node in nodes.items()}
    pools, data_pools = (
        {
            _role(owned.where[0], owned.wanted.role): model.name
            for name, owned in inventory.made_pools.items()
            if owned.wanted.is_data == data
            and isinstance(model := models.get(inventory.named(name)), PoolDesired)
            and model.adopt
        }
        for data in (False, True)
    )
    return {
        "pools": pools,
        "data_pools": data_pools,
        "users": {
            inventory.service(label).name: model.entity
            for label in inventory.users
            if isinstance(model := models.get(inventory.named(names.user(label, 1))), UserDesired) and model.adopt
        },
    }


def _adopted_types(nodes: Mapping[str, Node]) -> list[str]:
    models = [node.model for node in nodes.values()]
    return sorted(model.name for model in models if isinstance(model, VolumeTypeDesired) and model.adopt)
