"""At: the host and the section that an option is written for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from components.services.neighbours import Neighbours
from components.services.site import Site
from components.settings.service import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True)
class At(Generic[S]):
    """The host and the section that an option is written for, and what its value may depend on.

    Attributes:
        mine: the settings of the service.
        site: the stack, the cluster and the hosts' platform.
        others: what the other services let this service know.
        host: the host whose file has the option.
        section: the section. For a `BACKEND` row it is the name of a back end.
    """

    mine: S
    site: Site
    others: Neighbours
    host: str
    section: str
