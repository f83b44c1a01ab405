"""Draft: the graph while it is being wired, with what a provider's own model refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from components.settings.problem import Problem, Where
from components.stack.component import Component
from components.stack.node import Node
from components.stack.package_install import PackageInstall
from providers.models import Desired


class Draft:
    """Nodes in the order in which they are made.

    Attributes:
        nodes: by logical name.
        problems: what could not become a node, each with the path of the setting it comes from.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.problems: list[Problem] = []

    def add(
        self,
        name: str,
        model: Desired | Component | PackageInstall,
        *,
        parent: str = "",
        needs: Iterable[str] = (),
    ) -> None:
        """Add a node. Two of one name are a problem of the hosts' names: each name is made of a role and a host."""
        if name in self.nodes:
            host = getattr(model, "host", "")
            self.problems.append(
                Problem(("hosts", host), f"two resources would be called {name}; choose another name for this host")
            )
            return
        self.nodes[name] = Node(model, parent, frozenset(needs))

    def component(self, name: str, type: str) -> str:
        """Add a component, and return its name."""
        self.add(name, Component(type))
        return name

    @contextmanager
    def made_from(self, *where: str | int) -> Iterator[None]:
        """Let a model that is refused inside be a problem of the setting `where`."""
        try:
            yield
        except ValidationError as refused:
            self.problems += [_problem(where, error["loc"], error["msg"]) for error in refused.errors()]


def _problem(where: Where, field: Where, message: str) -> Problem:
    """Return the refusal in the provider's words, which name neither a value nor a key."""
    about = f"{'.'.join(str(part) for part in field)}: " if field else ""
    return Problem(where, f"{about}{message.removeprefix('Value error, ')}")
