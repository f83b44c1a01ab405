"""Part: what a service has to do with one of the stack's clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from components.services.at import S
from components.services.neighbours import Neighbours
from components.settings.problem import Where


@dataclass(frozen=True)
class Part(Generic[S]):
    """What a service has to do with one of the stack's clusters.

    Attributes:
        mine: the settings of the service, as if the stack had no other cluster.
        has_data: whether the service keeps data on the cluster. If not, its hosts read there as other services' users.
        conf_hosts: the hosts in whose file the service's options speak of the cluster; None for all of its hosts.
        moved: where a setting of `mine` is in the settings, for each that is elsewhere there; both without the
            service's name in front.
        shares: what the service lets other services know of the cluster, besides `Service.shares`.
    """

    mine: S
    has_data: bool = True
    conf_hosts: Sequence[str] | None = None
    moved: Mapping[Where, Where] = field(default_factory=dict)
    shares: Neighbours = field(default_factory=Neighbours)
