"""Examples of the guard."""

from __future__ import annotations

from providers import resources
from providers.stack.guard import GuardObserved
from tests.sim.site import FSID
from tests.unit.examples.example import STACK, Example
from tests.unit.examples.secret import UUID
from tests.unit.examples.told import Told

GUARD = Example(
    "guard",
    resources.GuardProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "pools": ["volumes"],
        "entities": ["client.cinder"],
        "secrets": [{"host": "compute1", "uuid": UUID}],
    },
    update={"pools": []},
    fixed={"fsid": FSID.replace("f", "e")},
    hostile=[{"secrets": [{"host": "x"}]}, {"pools": [1]}],
    is_silent=True,
)


def observed(told: Told, _text: str | None) -> GuardObserved:
    """Return what the guard found."""
    return GuardObserved(**told)
