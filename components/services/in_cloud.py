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
        kind: what the thing is, such as `volume-type`. The logical name is made of `kind` and `name`.
        name: the name of the thing in OpenStack.
        where: path of the setting that the thing comes from.
        desired: makes the provider's model of the thing. The model may refuse a value.
    """

    kind: str
    name: str
    where: Where
    desired: Callable[[], Desired]
