"""Forgotten: a state without a host, and what went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commands.forget.exported_state import ExportedState


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a host comes to.

    Attributes:
        state: The state without the host.
        gone: The host's resources.
        edited: The URNs of resources that named one of them, or the host.
        operations: How many pending operations of the host went.
        encrypted: The URNs of resources that may be the host's, which an encrypted value does not say.
    """

    state: ExportedState
    gone: list[dict[str, Any]]
    edited: list[str]
    operations: int
    encrypted: list[str]

    @property
    def entities(self) -> list[str]:
        """The users whose keys lie on the host: in keyrings, and in libvirt's secrets."""
        return sorted({row["inputs"]["entity"] for row in self.gone if isinstance(row["inputs"].get("entity"), str)})

    def values(self, type_: str, name: str) -> list[str]:
        """Return an input of the host's resources of a type, such as the UUIDs of its secrets."""
        return [row["inputs"][name] for row in self.gone if row["type"].endswith(f"/{type_}") and name in row["inputs"]]
