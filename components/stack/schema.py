"""The settings' models as a tree: which model an annotation leads to, through which maps and lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from components.settings.problem import Where

_CONTAINERS = {dict: "<name>.", list: ""}


@dataclass(frozen=True)
class ModelWithin:
    """What an annotation holds.

    Attributes:
        model: the model; None when the annotation holds plain values only.
        through: the maps and lists on the way to the model. A path has `<name>.` for a map, and nothing for a list.
    """

    model: type[BaseModel] | None
    through: tuple[str, ...]


def model_within(annotation: Any) -> ModelWithin:
    """Return the model that an annotation leads to: itself, within a union, or in a map or a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return ModelWithin(annotation, ())
    container = get_origin(annotation)
    for argument in get_args(annotation):
        found = model_within(argument)
        if found.model:
            step = (_CONTAINERS[container],) if container in _CONTAINERS else ()
            return ModelWithin(found.model, (*step, *found.through))
    return ModelWithin(None, ())


def settings_below(annotation: Any) -> Iterator[tuple[str, str]]:
    """Yield path and description of every setting below a setting: `pool.size`, or `<name>.address` in a map."""
    found = model_within(annotation)
    if found.model is None:
        return
    prefix = "".join(found.through)
    for name, field in found.model.model_fields.items():
        yield f"{prefix}{name}", str(field.description)
        for path, description in settings_below(field.annotation):
            yield f"{prefix}{name}.{path}", description


def field_at(model: type[BaseModel], where: Where) -> tuple[type[BaseModel] | None, str | None]:
    """Return the model that a path leads to, if it leads to one, and the description of its last setting."""
    found, description = ModelWithin(model, ()), str(model.__doc__)
    for step in where:
        if found.through:
            found, description = ModelWithin(found.model, found.through[1:]), ""
            continue
        field = found.model.model_fields.get(str(step)) if found.model else None
        if field is None:
            return None, None
        found, description = model_within(field.annotation), str(field.description or "")
    return (None if found.through else found.model), description or None
