"""declare: declares a graph to Pulumi. The graph knows nothing of Pulumi, and this file knows nothing of services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions

from components.stack.component import Component
from components.stack.endpoint import Endpoint
from components.stack.graph import Graph
from components.stack.known_hosts import host_key
from components.stack.node import Node
from components.stack.package_install import PackageInstall
from providers.models import Desired
from providers.resources import ManagedResource

RESOURCES: dict[type[Desired], Any] = {
    resource.provider.kind.desired: resource for resource in ManagedResource.__subclasses__()
}
"""Model of what is wanted to the class of its resource."""


def declare(graph: Graph) -> None:
    """Declare every resource of the graph, and print the graph's notices.

    Raises:
        pulumi.RunError: a host on which packages are to be installed has no known host key; one line for each host.
    """
    for notice in graph.notices:
        log = pulumi.log.info if notice.level == "info" else pulumi.log.warn
        log(f"ceph-openstack:{notice.setting}: {notice.text}")
    connections = _connections(graph.nodes)
    made: dict[str, Resource] = {}
    for name, node in graph.nodes.items():
        options = ResourceOptions(
            parent=made[node.parent] if node.parent else None,
            depends_on=[made[needed] for needed in sorted(node.needs)],
        )
        made[name] = _resource(name, node, options, connections.get(name, {}))


def _resource(name: str, node: Node, options: ResourceOptions, connection: Mapping[str, Any]) -> Resource:
    match node.model:
        case Component(type=kind):
            component = ComponentResource(kind, name, None, options)
            component.register_outputs({})
            return component
        case PackageInstall(command=command):
            return _command(name, command, options, connection)
        case desired:
            made: Resource = RESOURCES[type(desired)](name, desired, opts=options)
            return made


def _command(name: str, command: str, options: ResourceOptions, connection: Mapping[str, Any]) -> Resource:
    from pulumi_command.remote import (  # imported here, because the import takes long and few stacks need it
        Command,
        ConnectionArgs,
    )

    return Command(name, connection=ConnectionArgs(**connection), create=command, opts=options)


def _connections(nodes: Mapping[str, Node]) -> dict[str, dict[str, Any]]:
    """Return how the command provider reaches each host, without a private key and without a password."""
    found: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for name, node in nodes.items():
        if isinstance(node.model, PackageInstall):
            try:
                found[name] = _connection(node.model)
            except ValueError as problem:
                problems.append(f"ceph-openstack:packages.install: {problem}")
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return found


def _connection(install: PackageInstall) -> dict[str, Any]:
    file = Path(install.known_hosts).expanduser()
    way = _endpoint(install.host, file)
    if install.proxy:
        way["proxy"] = _endpoint(install.proxy, file)
    return way


def _endpoint(endpoint: Endpoint, file: Path) -> dict[str, Any]:
    address, port = endpoint.address, endpoint.port
    try:
        key = host_key(file, address, port)
    except (OSError, ValueError) as problem:
        raise ValueError(
            f"{file} cannot be read ({problem}), and host keys are always checked; set ssh.known_hosts"
        ) from None
    if key is None:
        raise ValueError(
            f"{file} has no key of {address} port {port}, and host keys are always checked; add it: ssh-keyscan"
        )
    return {"host": address, "port": port, "user": endpoint.user, "host_key": key}
