"""CommandProvider: remote commands as resources of Pulumi's own `command` provider.

Pulumi's CLI downloads this provider, and the provider opens connections of its own. A private key given to the provider
would end up in the state, so the provider logs in with the keys of ssh-agent only. Host keys are always checked. What a
command prints is in the state, as a secret. The tests of this file use Pulumi's mocks, because the provider cannot be
downloaded where the tests run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
from pulumi import Resource, ResourceOptions

from components.stack.endpoint import Endpoint
from components.stack.known_hosts import host_key
from components.stack.node import Node
from components.stack.remote_command import RemoteCommand


class CommandProvider:
    """The commands of a graph.

    Raises:
        pulumi.RunError: a host has no known host key; one line for each host and setting.
    """

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        """Look up every host key, so that all hosts without one are named at once."""
        self._connections: dict[str, dict[str, Any]] = {}
        problems: list[str] = []
        for name, node in nodes.items():
            if isinstance(node.model, RemoteCommand):
                try:
                    self._connections[name] = _connection(node.model)
                except ValueError as problem:
                    problems.append(f"ceph-openstack:{node.model.setting}: {problem}")
        if problems:
            raise pulumi.RunError("\n".join(dict.fromkeys(problems)))

    def declare(self, name: str, command: RemoteCommand, options: ResourceOptions) -> Resource:
        """Declare a command, and return its resource."""
        from pulumi_command.remote import (  # imported here, because the import takes long and few stacks need it
            Command,
            ConnectionArgs,
            Logging,
        )

        secret = ResourceOptions(additional_secret_outputs=["stdout", "stderr"])
        return Command(
            name,
            connection=ConnectionArgs(**self._connections[name]),
            create=command.create,
            update=command.update or None,
            delete=command.delete or None,
            logging=None if command.show_output else Logging.NONE,
            opts=ResourceOptions.merge(options, secret),
        )


def _connection(command: RemoteCommand) -> dict[str, Any]:
    file = Path(command.known_hosts).expanduser()
    way = _endpoint(command.host, file)
    if command.proxy:
        way["proxy"] = _endpoint(command.proxy, file)
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
