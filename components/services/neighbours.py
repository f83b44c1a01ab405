"""Neighbours: all that one service may know of another. Whatever is not in here does not cross a door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from components.settings.user import SecretUser

DIRECT_SNAPSHOTS = "nova.direct_snapshots"
"""The setting that lets one service write into another's pool: both sides name it to the operator."""


@dataclass(frozen=True)
class Neighbours:
    """What the services of a stack let each other know. Each service fills in its own fields (`Service.shares`).

    Attributes:
        image_pool: Glance's pool; None when Glance is not in the stack.
        volume_pools: the pools of Cinder's back ends; none when Cinder is not in the stack.
        volume_user: Cinder's user, which volumes are attached and backed up as.
        disk_pool: Nova's pool for servers' own disks; None when there is none.
        disk_user_is_own: whether Nova has a user of its own, instead of sharing Cinder's.
        image_store: the id of Glance's store on this cluster, where Glance has stores on several clusters; else None.
        direct_snapshots: whether Nova writes snapshots into Glance's pool and tells Glance where they are.
    """

    image_pool: str | None = None
    volume_pools: tuple[str, ...] = ()
    volume_user: SecretUser | None = None
    disk_pool: str | None = None
    disk_user_is_own: bool = False
    direct_snapshots: bool = False
    image_store: str | None = None

    @property
    def has_clones(self) -> bool:
        """Whether there are pools whose images may be clones of Glance's."""
        return bool(self.volume_pools or self.disk_pool)


def joined(shared: Iterable[Neighbours]) -> Neighbours:
    """Return what all services share together.

    Raises:
        ValueError: two services have filled in one field.
    """
    found: dict[str, Any] = {}
    for neighbours in shared:
        shown = {field.name: value for field in fields(neighbours) if (value := getattr(neighbours, field.name))}
        if twice := found.keys() & shown.keys():
            raise ValueError(f"two services say what {', '.join(sorted(twice))} is")
        found |= shown
    return Neighbours(**found)
