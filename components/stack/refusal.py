"""What the settings' models refuse, as an operator understands it: where, what is wrong, what the setting is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from components.settings.problem import Where, nearest
from components.stack.schema import field_at

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
"""What to say instead of pydantic's own text, where that text speaks of Python's types."""


def lines(failure: ValidationError, raw: Mapping[str, Any], model: type[BaseModel]) -> list[str]:
    """Return one line per error, without the value, because the value may be a key."""
    found: list[str] = []
    for error in failure.errors(include_url=False, include_input=False):
        where = _real(error["loc"], raw)
        kind, context = error["type"], error.get("ctx", {})
        if kind == "extra_forbidden":
            what = _unknown(where, model)
        elif kind == "missing":
            what = f"is missing; add it: {_description(where, model)}"
        elif kind == "value_error":
            what = str(context.get("error"))
        else:
            wrong = _MUST_BE.get(kind, error["msg"].replace("Input should", "must", 1))
            what = f"{wrong.replace('{pattern}', str(context.get('pattern')))}; it is: {_description(where, model)}"
        found.append(f"{path_text(where)}: {what}")
    return found


def path_text(where: Where) -> str:
    """Return a path as an operator reads it, such as `glance.hosts[0]`."""
    text = ""
    for step in where:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _real(loc: Where, raw: Any) -> Where:
    """Return the path without the steps that pydantic adds for union members and map keys."""
    where: list[str | int] = []
    for index, step in enumerate(loc):
        last = index == len(loc) - 1
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


def _unknown(where: Where, model: type[BaseModel]) -> str:
    inside, _ = field_at(model, where[:-1])
    known = list(inside.model_fields) if inside else []
    guess = nearest(str(where[-1]), known)
    return "is not a setting; " + (f'did you mean "{guess}"?' if guess else f"known are {', '.join(known)}")


def _description(where: Where, model: type[BaseModel]) -> str:
    """Return the description of a setting, or of the nearest setting around it that has a description."""
    for end in range(len(where), 0, -1):
        _, description = field_at(model, where[:end])
        if description:
            return description.rstrip(".")
    return "see Pulumi.yaml"
