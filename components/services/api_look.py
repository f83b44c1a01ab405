"""A link of the chain from a service to its data that only OpenStack's own API shows, before anybody looked at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from components.services.api import Api
from components.services.finding import Finding


@dataclass(frozen=True)
class ApiLook:
    """A check of `verify` that asks an API about one link.

    Attributes:
        part: Whether the API shows the service itself, or its data. `verify` prints all services before all data.
        kind: What the link is, such as `volume service`.
        name: Which link of this kind it is; may be empty.
        where: The API, as an operator calls it.
        ask: Asks the API. It may raise a `ProviderError`, which means that nobody could look.
    """

    part: Literal["service", "data"]
    kind: str
    name: str
    where: str
    ask: Callable[[Api], Finding]
