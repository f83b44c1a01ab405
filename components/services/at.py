"""At: the place for which an option's value is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from components.services.neighbours import Neighbours
from components.services.site import Site
from components.settings.service import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True)
class At(Generic[S]):
    """The place for which an option's value is asked.

    Attributes:
        mine: the service's settings.
        site: the cluster and the hosts.
        others: what the other services let this one know.
        host: the host whose file it is.
        section: the section; of a `BACKEND` row the name of the back end.
    """

    mine: S
    site: Site
    others: Neighbours
    host: str
    section: str
