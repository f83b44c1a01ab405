"""Volume types: what they select, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.cinder.settings import CinderSettings
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, hint
from components.settings.volume_type import VolumeType


def extra_specs(kind: VolumeType, cinder: CinderSettings) -> dict[str, str]:
    """Return the extra specs of a type: the back end's name, and what else is set."""
    section = kind.backend or next(iter(cinder.all_backends))
    return {"volume_backend_name": cinder.backend_name(section), **kind.extra_specs}


def type_problems(cinder: CinderSettings | None, cloud: OpenStack) -> Iterator[Problem]:
    """Yield each type that selects no back end, or that says itself what is written."""
    backends = list(cinder.all_backends) if cinder else []
    for name, kind in cloud.volume_types.items():
        where = ("openstack", "volume_types", name)
        if not backends:
            yield Problem(where, "needs `cinder`: a type selects one of its back ends")
        elif kind.backend is None and len(backends) > 1:
            yield Problem((*where, "backend"), f"is missing, and there are several: {', '.join(backends)}")
        elif kind.backend is not None and kind.backend not in backends:
            advice = hint(kind.backend, backends, f"known are {', '.join(backends)}")
            yield Problem((*where, "backend"), f'"{kind.backend}" is no back end in cinder; {advice}')
        if "volume_backend_name" in kind.extra_specs:
            yield Problem((*where, "extra_specs", "volume_backend_name"), "is written from backend; set that instead")
