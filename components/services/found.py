"""Found: what a service does with Ceph on one host that somebody has wired, said in the service's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Setting = tuple[str, ...]
"""Path of a setting below the service's name, such as ("pool",); the empty path is the service itself."""


@dataclass(frozen=True)
class Found:
    """What a daemon does with Ceph on one host. `commands discover` makes settings of it.

    Attributes:
        place: what has to be the same on all hosts of the service, because the settings say it once.
        pools: path of each pool's setting to the pool's name.
        application: the application that the service's pools have in the cluster.
        conf: path of ceph.conf; empty when no option names one.
        user: the user's name without `client.`; empty when no option names one.
        usual_user: the user that the settings get when no option names one.
        user_is_own: whether the settings have a user for the service; otherwise the service works as another's user.
        secret: UUID of the libvirt secret with the user's key; empty when no option names one; None when the service
            names no secret.
        settings: further settings, each of which holds when it is found on all hosts of the service.
        exceptions: further settings, for each of which one host is enough.
        listed_in: path of a list that names the hosts which are wired otherwise, as this host is; empty for a host that
            has to be in the same place as the others.
        sections: the sections that are named after a back end or store on Ceph.
        notes: what an operator has to know, each with the path of the setting that it stands above.
    """

    place: tuple[object, ...] = ()
    pools: Mapping[Setting, str] = field(default_factory=dict)
    application: str = "rbd"
    conf: str = ""
    user: str = ""
    usual_user: str = ""
    user_is_own: bool = True
    secret: str | None = None
    settings: Mapping[Setting, Any] = field(default_factory=dict)
    exceptions: Mapping[Setting, Any] = field(default_factory=dict)
    listed_in: Setting = ()
    sections: tuple[str, ...] = ()
    notes: tuple[tuple[str, Setting], ...] = ()
