"""A link of the chain from a service to its data that only OpenStack's own API shows: what to ask, and what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.services.api import Api
from components.services.finding import Finding


@dataclass(frozen=True)
class ApiLook:
    """A link that is still to be looked at.

    Attributes:
        kind: what is looked at, such as `volume service`.
        name: which one.
        where: the API, as an operator calls it.
        ask: asks the API.
    """

    kind: str
    name: str
    where: str
    ask: Callable[[Api], Finding]
