"""Reads the stack's configuration into `StackSettings`; each thing wrong is one line: where, what, why, what next."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env  # the SDK has no public way to list keys
from pydantic import BaseModel, ValidationError

from .checks import Problems
from .releases import nearest
from .settings import StackSettings

_Where = tuple[str | int, ...]

_MUST_BE = {
    "model_type": "must be a map of settings",
    "dict_type": "must be a map",
    "list_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "has to match {pattern}",
    "union_tag_invalid": "must be text or a map of settings",
    "too_short": "must not be empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}
"""Errors for which pydantic's own words speak of Python."""

CEPHX_KEY = re.compile(r"A[Qg][A-D][A-Za-z0-9+/]{29,}={0,2}")
_IN_STATE = (
    "holds a cephx key, and settings end up in the state; the key is known now, so replace it in the cluster, and name a file or"
    " an environment variable under cluster.keys"
)


def load(config: pulumi.Config) -> StackSettings:
    """Return the settings of the current stack.

    Raises `pulumi.RunError` with one line per problem: Pulumi prints it without a traceback.
    """
    prefix = f"{config.name}:"
    names = [key.removeprefix(prefix) for key in {**get_config_env(), **CONFIG.get()} if key.startswith(prefix)]
    raw: dict[str, Any] = {}
    for name in sorted(names):
        text = config.get(name)
        if text is not None:
            raw[name] = _parsed(text)
    settings = parse(raw, config.name)
    if isinstance(settings, StackSettings):
        return settings
    raise pulumi.RunError("\n".join(settings))


def parse(raw: Mapping[str, Any], project: str = "ceph-openstack") -> StackSettings | list[str]:
    """Return the settings that `raw` describes, else one line per problem.

    raw     -- setting -> plain value, as YAML gives it; {} and "", the defaults in Pulumi.yaml, count as left out
    project -- name of the project, the first word of each line
    """
    given = {
        name: value for name, value in raw.items() if value not in ({}, "") or name not in StackSettings.model_fields
    }
    keys = [f"{project}:{_path(where)}: {_IN_STATE}" for where in _keys(given, ())]
    if keys:
        return keys
    try:
        return StackSettings.model_validate(given)
    except ValidationError as failure:
        return [f"{project}:{line}" for line in _lines(failure, given)]


def _keys(value: Any, where: _Where) -> list[_Where]:
    """Return where in the settings something holds a cephx key; a name that does so is left out of its own path."""
    if isinstance(value, str):
        return [where] if CEPHX_KEY.search(value) else []
    parts = list(value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ())
    named = [where for name, _ in parts if CEPHX_KEY.search(str(name))]
    return named + [
        found for name, one in parts if not CEPHX_KEY.search(str(name)) for found in _keys(one, (*where, name))
    ]


def _parsed(text: str) -> Any:
    """Return a setting as YAML had it: Pulumi hands over objects and lists as JSON, all else as text.

    A number stays text: release 2025.1 is a name.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def _lines(failure: ValidationError, raw: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for error in failure.errors(include_url=False, include_input=False):
        where = _real(error["loc"], raw)
        kind, text = error["type"], error["msg"]
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, Problems):
            lines += [f"{_path(problem.where)}: {problem.what}" for problem in cause.problems]
        elif kind == "extra_forbidden":
            lines.append(f"{_path(where)}: {_unknown(where)}")
        elif kind == "missing":
            lines.append(f"{_path(where)}: is missing; add it: {_description(where)}")
        elif kind == "value_error":
            lines.append(f"{_path(where)}: {cause}")
        else:
            wrong = _MUST_BE.get(kind, text.replace("Input should", "must", 1))
            wrong = wrong.replace("{pattern}", str(error.get("ctx", {}).get("pattern")))
            lines.append(f"{_path(where)}: {wrong}; it is: {_description(where)}")
    return lines


def _real(loc: _Where, raw: Any) -> _Where:
    """Return the path without pydantic's own words for union members and map keys, which are in no file."""
    where: list[str | int] = []
    for step, last in ((one, index == len(loc) - 1) for index, one in enumerate(loc)):
        if step == "[key]":
            continue
        inside = isinstance(raw, Mapping) and (step in raw or last)
        if isinstance(raw, list) and isinstance(step, int):
            where.append(step)
            raw = raw[step]
        elif inside:
            where.append(step)
            raw = raw.get(step)
    return tuple(where)


def _path(where: _Where) -> str:
    """Return `glance.hosts[0]`."""
    text = ""
    for step in where:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _unknown(where: _Where) -> str:
    model, _ = _field(where[:-1])
    known = list(model.model_fields) if model else []
    guess = nearest(str(where[-1]), known)
    return "is not a setting; " + (f'did you mean "{guess}"?' if guess else f"known are {', '.join(known)}")


def _description(where: _Where) -> str:
    """Return the description of a setting, or of the one it is a part of."""
    for end in range(len(where), 0, -1):
        _, description = _field(where[:end])
        if description:
            return description.rstrip(".")
    return "see Pulumi.yaml"


def _field(where: _Where) -> tuple[type[BaseModel] | None, str | None]:
    """Return the model that a path leads to, if it leads to one, and the description of its last setting."""
    model: type[BaseModel] | None = StackSettings
    annotation: Any = StackSettings
    description: str | None = None
    for step in where:
        if model is not None:
            field = model.model_fields.get(str(step))
            if field is None:
                return None, None
            annotation, description = field.annotation, field.description
        else:
            annotation = _inner(annotation)
        model = _model(annotation)
    return model, description


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the model an annotation names, itself or within a union; None for lists, maps and plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__origin__", None) in (list, dict):
        return None
    members = [found for one in get_args(annotation) if (found := _model(one))]
    return members[0] if members else None


def _inner(annotation: Any) -> Any:
    """Return what a list or map holds."""
    arguments = get_args(annotation)
    return arguments[-1] if arguments else None
