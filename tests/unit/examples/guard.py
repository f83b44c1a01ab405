"""Examples of the guard."""

from __future__ import annotations

from providers import resources
from providers.stack.guard import GuardObserved
from tests.sim.site import FSID
from tests.unit.examples.example import STACK, Example
from tests.unit.examples.secret import UUID
from tests.unit.examples.told import Told

LOOKS_AT = {
    "pools": {"volumes": True},
    "entities": {"client.cinder": True},
    "secrets": {"compute1": {UUID: True}},
}

GUARD = Example(
    "guard",
    resources.GuardProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "looks_at": LOOKS_AT,
    },
    update={"looks_at": {**LOOKS_AT, "pools": {}}},
    fixed={"fsid": FSID.replace("f", "e")},
    hostile=[{"looks_at": {"secrets": {"x": UUID}}}, {"looks_at": {"pools": [1]}}],
    is_silent=True,
)


def observed(told: Told, _text: str | None) -> GuardObserved:
    """Return what the guard found."""
    return GuardObserved(**told)
