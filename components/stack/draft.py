"""Draft: a graph that is still being made, and what the providers' own models refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from components.settings.problem import Problem, Where
from components.stack.component import Component
from components.stack.node import Node
from components.stack.remote_command import RemoteCommand
from providers.models import Desired


class Draft:
    """Nodes in the order in which they are made.

    Attributes:
        nodes: the nodes by logical name.
        problems: what could not become a node, each with the path of the setting that the refused value comes from.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.problems: list[Problem] = []

    def add(
        self,
        name: str,
        model: Desired | Component | RemoteCommand,
        *,
        parent: str = "",
        needs: Iterable[str] = (),
    ) -> None:
        """Add a node. A second node of the same name is a problem of the host, because names end in a host's name."""
        if name in self.nodes:
            host = getattr(model, "host", "")
            self.problems.append(
                Problem(("hosts", host), f"two resources would be called {name}; choose another name for this host")
            )
            return
        self.nodes[name] = Node(model, parent, frozenset(needs))

    def add_once(
        self, name: str, model: Desired | Component | RemoteCommand, *, parent: str = "", needs: Iterable[str] = ()
    ) -> None:
        """Add a node that the clusters of a stack share, unless another cluster has added the node already."""
        if name not in self.nodes:
            self.add(name, model, parent=parent, needs=needs)

    def component(self, name: str, type: str) -> str:
        """Add a component, and return its name."""
        self.add(name, Component(type))
        return name

    @contextmanager
    def made_from(self, *where: str | int) -> Iterator[None]:
        """Make a problem of the setting `where` of each value that a model refuses inside the `with` block."""
        try:
            yield
        except ValidationError as refused:
            self.problems += [_problem(where, error["loc"], error["msg"]) for error in refused.errors()]


def _problem(where: Where, field: Where, message: str) -> Problem:
    """Return the refusal as the provider's model says it; that text holds neither the value nor a key."""
    about = f"{'.'.join(str(part) for part in field)}: " if field else ""
    return Problem(where, f"{about}{message.removeprefix('Value error, ')}")
