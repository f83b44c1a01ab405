"""What a stack wires, read from its graph: which resource is where, and who looks at which pools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.stack.graph import Graph
from providers.kind import Desired, Kind
from providers.resources import ManagedResource

KINDS: dict[type[Desired], Kind[Any, Any]] = {
    one.provider.kind.desired: one.provider.kind for one in ManagedResource.__subclasses__()
}
"""The kind of each model."""


@dataclass(frozen=True)
class Thing:
    """A resource as the stack wants it."""

    kind: Kind[Any, Any]
    desired: Desired


def things(graph: Graph) -> Iterator[Thing]:
    """Yield every resource of ours that the stack declares, in its order."""
    for node in graph.nodes.values():
        if isinstance(node.model, Desired):
            yield Thing(KINDS[type(node.model)], node.model.as_stored())
