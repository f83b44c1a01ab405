"""InCloud: a thing in OpenStack itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.settings.problem import Where
from providers.models import Desired


@dataclass(frozen=True)
class InCloud:
    """A thing that the stack keeps in OpenStack itself, by its API.

    Attributes:
        kind: what it is; with `name` its logical name.
        name: its name there.
        where: path of its setting.
        desired: makes the provider's model of it, which may be refused.
    """

    kind: str
    name: str
    where: Where
    desired: Callable[[], Desired]
