"""Volume types: which back end each selects, and which are refused."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.cinder.settings import CinderSettings
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, hint
from components.settings.volume_type import VolumeType


def extra_specs(volume_type: VolumeType, cinder: CinderSettings) -> dict[str, str]:
    """Return the extra specs of a volume type: the name of its back end, and those in the settings."""
    # A type without `backend` is accepted only when there is a single back end.
    section = volume_type.backend or next(iter(cinder.all_backends))
    return {"volume_backend_name": cinder.backend_name(section), **volume_type.extra_specs}


def type_problems(cinder: CinderSettings | None, cloud: OpenStack) -> Iterator[Problem]:
    """Yield each volume type that selects no back end, or sets volume_backend_name, which is written for it."""
    backends = list(cinder.all_backends) if cinder else []
    for name, volume_type in cloud.volume_types.items():
        where = ("openstack", "volume_types", name)
        if cinder and cinder.is_flat:
            yield Problem(where, "needs cinder.layout sections, because a type selects a back end by name")
        elif not backends:
            yield Problem(where, "needs `cinder`: a type selects one of its back ends")
        elif volume_type.backend is None and len(backends) > 1:
            yield Problem((*where, "backend"), f"is missing, and there are several: {', '.join(backends)}")
        elif volume_type.backend is not None and volume_type.backend not in backends:
            advice = hint(volume_type.backend, backends, f"known are {', '.join(backends)}")
            yield Problem((*where, "backend"), f'"{volume_type.backend}" is no back end in cinder; {advice}')
        if "volume_backend_name" in volume_type.extra_specs:
            yield Problem((*where, "extra_specs", "volume_backend_name"), "is written from backend; set that instead")
