"""LooksAt: what gate and guard look at before a run, by what a reader knows of it.

Each row is an input of another resource as well, where a preview shows how the row changes. Therefore the resource
hides how this copy changes, and a preview has one line for the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from providers.formats.keyed import Keyed

T = TypeVar("T")


class LooksAt(BaseModel):
    """What would go in a destroy; for the gate, besides, what a run is about to write."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    pools: Keyed = Field(default_factory=list, description="Pools that the stack makes.")
    entities: Keyed = Field(default_factory=list, description="Users that the stack makes.")
    secrets: dict[str, Keyed] = Field(default_factory=dict, description="Host -> UUIDs of libvirt secrets there.")
    volume_types: Keyed = Field(default_factory=list, description="Volume types.")
    places: dict[str, dict[str, dict[str, dict[str, str]]]] | None = Field(
        None, description="Host -> component -> section -> option that says where data lies -> value to be written."
    )
    files: dict[str, list[str]] | None = Field(
        None, description="Component in `places` -> its file, and what the process reads after that file."
    )
    caps: dict[str, dict[str, str]] | None = Field(
        None, description="Entity -> daemon -> caps that will be set, of each user that the stack has."
    )
    settings: dict[str, str] | None = Field(None, description="Entity -> the setting that speaks of the user.")
    monitors: Keyed | None = Field(None, description="The cluster's monitors, as ceph.conf will name them.")

    data_pools: dict[str, str] | None = Field(
        None, description="Erasure-coded data pool -> its profile, of each data pool that the stack has."
    )

    min_compat_client: dict[str, str] | None = Field(
        None, description="Setting -> the oldest release that the cluster has to ask of its clients for it."
    )

    clusters: dict[str, str] | None = Field(
        None, description="Name -> fsid of each further cluster that something of the stack is on."
    )

    key_type: str | None = Field(None, description="Type of the keys that the stack's users get when they are made.")

    @property
    def is_empty(self) -> bool:
        """Whether nothing would go in a destroy."""
        return not (self.pools or self.entities or self.secrets or self.volume_types)

    def without(self, other: LooksAt) -> LooksAt:
        """Return the things and monitors that are not in `other`."""
        secrets = {host: _less(uuids, other.secrets.get(host, [])) for host, uuids in self.secrets.items()}
        return LooksAt(
            pools=_less(self.pools, other.pools),
            entities=_less(self.entities, other.entities),
            secrets={host: uuids for host, uuids in secrets.items() if uuids},
            volume_types=_less(self.volume_types, other.volume_types),
            places=None,
            files=None,
            caps=None,
            settings=None,
            data_pools=None,
            min_compat_client=None,
            clusters=None,
            key_type=None,
            monitors=_less(self.monitors or [], other.monitors or []),
        )


def _less(names: Sequence[T], others: Sequence[T]) -> list[T]:
    return [name for name in names if name not in others]
