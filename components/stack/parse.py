"""parse: makes settings of plain values, or says in one line per problem where, what, why, and what next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from components.services import SERVICES
from components.services.service import AnyService
from components.settings.problem import Where
from components.stack.checks import problems
from components.stack.refusal import lines, path_text
from components.stack.stack_settings import StackSettings, settings_model
from providers.formats.keyring import CEPHX_KEY

_IN_STATE = (
    "holds a cephx key, and settings end up in the state; the key is known now, so replace it in the cluster, and "
    "name a file or an environment variable under cluster.keys"
)


def parse(
    raw: Mapping[str, Any], project: str = "ceph-openstack", services: Sequence[AnyService] = SERVICES
) -> StackSettings | list[str]:
    """Return the settings that `raw` describes, else one line per problem.

    Args:
        raw: setting to plain value, as YAML gives it. {} and "" count as left out, because Pulumi.yaml has these
            defaults.
        project: name of the project, the first word of each line.
        services: the services that may have a setting.
    """
    model = settings_model(tuple(services))
    given = {name: value for name, value in raw.items() if value not in ({}, "") or name not in model.model_fields}
    keys = [f"{project}:{path_text(where)}: {_IN_STATE}" for where in _keys(given, ())]
    if keys:
        return keys
    try:
        settings = model.model_validate(given)
    except ValidationError as failure:
        return [f"{project}:{line}" for line in lines(failure, given, model)]
    settings = _in_release(settings, services)
    found = [f"{project}:{path_text(problem.where)}: {problem.what}" for problem in problems(settings, services)]
    return found or settings


def _in_release(settings: StackSettings, services: Sequence[AnyService]) -> StackSettings:
    """Return the settings with the defaults that depend on the release."""
    filled = {
        service.name: service.in_release(mine, settings.release)
        for service in services
        if (mine := settings.of(service)) is not None
    }
    changed = {name: mine for name, mine in filled.items() if mine is not getattr(settings, name)}
    return settings.model_copy(update=changed) if changed else settings


def _keys(value: Any, where: Where) -> list[Where]:
    """Return the paths of all values that hold a cephx key.

    When a name holds a key, the path ends before that name, so that the key is not printed.
    """
    if isinstance(value, str):
        return [where] if CEPHX_KEY.search(value) else []
    parts = list(value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ())
    named = [where for name, _ in parts if CEPHX_KEY.search(str(name))]
    return named + [
        found for name, part in parts if not CEPHX_KEY.search(str(name)) for found in _keys(part, (*where, name))
    ]
