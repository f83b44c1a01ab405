"""declare: declares a graph to Pulumi. The graph knows nothing of Pulumi, and this file knows nothing of services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions

from components.services.notice import Notice
from components.stack.command_provider import CommandProvider
from components.stack.component import Component
from components.stack.graph import Graph
from components.stack.node import Node
from components.stack.remote_command import RemoteCommand
from providers.models import Desired
from providers.resources import ManagedResource

RESOURCES: dict[type[Desired], Any] = {
    resource.provider.kind.desired: resource for resource in ManagedResource.__subclasses__()
}
"""Model of what is wanted to the class of its resource."""


def declare(graph: Graph, more: Iterable[Notice] = ()) -> None:
    """Declare every resource of the graph, and print the graph's notices and `more` of them.

    Raises:
        pulumi.RunError: a host on which a command is to be run has no known host key; one line for each host.
    """
    for notice in (*graph.notices, *more):
        log = pulumi.log.info if notice.level == "info" else pulumi.log.warn
        log(str(notice))
    commands = CommandProvider(graph.nodes)
    made: dict[str, Resource] = {}
    for name, node in graph.nodes.items():
        options = ResourceOptions(
            parent=made[node.parent] if node.parent else None,
            depends_on=[made[needed] for needed in sorted(node.needs)],
        )
        made[name] = _resource(name, node, options, commands)
    _export(graph.outputs, list(made.values())[-1])


def _export(outputs: Mapping[str, Any], last: Resource) -> None:
    """Export the outputs once the last resource is made, because then the program knows whether the run has failed.

    The URN of a resource is known in a preview, too. The SDK exports nothing for None.
    """
    for name, value in outputs.items():
        made = pulumi.Output.all(last.urn, value).apply(lambda both: both[1])
        pulumi.export(name, made.recover(lambda _: None))


def _resource(name: str, node: Node, options: ResourceOptions, commands: CommandProvider) -> Resource:
    match node.model:
        case Component(type=kind):
            component = ComponentResource(kind, name, None, options)
            component.register_outputs({})
            return component
        case RemoteCommand() as command:
            return commands.declare(name, command, options)
        case desired:
            made: Resource = RESOURCES[type(desired)](name, desired, opts=options)
            return made
