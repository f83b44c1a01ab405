"""Component: what groups the resources of one service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Component:
    """A Pulumi component: it has no inputs, and its type is part of the URN of each of its children."""

    type: str
