"""Examples of preflights."""

from __future__ import annotations

from providers import resources
from providers.stack.preflight import PreflightObserved
from tests.sim.site import Site
from tests.unit.examples.example import HOSTILE, STACK, Example
from tests.unit.examples.told import Told, observed_as

LIBRARY = "/usr/lib/python3/dist-packages/rbd.cpython-311-x86_64-linux-gnu.so"


def installed(site: Site) -> None:
    path = site.hosts["api1"].path(LIBRARY)
    path.parent.mkdir(parents=True)
    path.touch()


PREFLIGHT = Example(
    "preflight",
    resources.PreflightProvider,
    {
        "stack": STACK,
        "host": "api1",
        "packages": {"python3-rbd": "/usr/lib/python3/dist-packages/rbd.*.so"},
        "refuse_local_disks": True,
    },
    prepare=installed,
    update={"packages": {}},
    fixed={"host": "compute1"},
    hostile=[{"host": HOSTILE}, {"packages": ["python3-rbd"]}, {"refuse_local_disks": "perhaps"}],
)


def observed(told: Told, _text: str | None) -> PreflightObserved:
    """Return what the host has."""
    return observed_as(PreflightObserved, told)
