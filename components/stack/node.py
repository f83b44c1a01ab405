"""Node: one resource of a stack."""

from __future__ import annotations

from dataclasses import dataclass

from components.stack.component import Component
from components.stack.remote_command import RemoteCommand
from providers.models import Desired


@dataclass(frozen=True)
class Node:
    """One resource of the stack.

    Attributes:
        model: what is wanted: the provider's own model, a component, or a command on a host.
        parent: logical name of its component; empty: the stack.
        needs: logical names of what has to be made before it.
    """

    model: Desired | Component | RemoteCommand
    parent: str = ""
    needs: frozenset[str] = frozenset()
