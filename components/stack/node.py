"""Node: one resource of a stack."""

from __future__ import annotations

from dataclasses import dataclass

from components.stack.component import Component
from components.stack.package_install import PackageInstall
from providers.models import Desired


@dataclass(frozen=True)
class Node:
    """One resource of the stack.

    Attributes:
        model: what is wanted: the provider's own model, a component, or packages to install.
        parent: logical name of its component; empty: the stack.
        needs: logical names of what has to be made before it.
    """

    model: Desired | Component | PackageInstall
    parent: str = ""
    needs: frozenset[str] = frozenset()
