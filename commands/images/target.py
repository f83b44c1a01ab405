"""Where images should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Where images should be. An empty field is not compared.

    Attributes:
        fsid: The cluster.
        store: Id of Glance's store in this cluster.
    """

    fsid: str = ""
    store: str = ""
