"""The JSON Schema of Pulumi.<stack>.yaml, with which an editor completes and checks the settings (docs/editor.md).

It is that of the settings' models, in the plain form in which an operator writes them: a setting that is left out is
not there, and is not null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.services import SERVICES
from components.services.service import AnyService
from components.stack.stack_settings import settings_model

Schema = dict[str, Any]

PREFIX = "ceph-openstack:"
_DRAFT_07 = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum"}
_NAMED = ("properties", "patternProperties", "$defs")
"""Keywords whose value has a schema for each name."""


def stack_schema(services: Sequence[AnyService] = SERVICES) -> Schema:
    """Return the schema of the whole file. Settings of other projects, and what Pulumi adds itself, are let through."""
    found = settings_model(tuple(services)).model_json_schema()
    definitions: Schema = {name: _plain(part, found["$defs"]) for name, part in found["$defs"].items()}
    settings = {PREFIX + name: _at_the_top(_plain(part, found["$defs"])) for name, part in found["properties"].items()}
    required = [PREFIX + name for name in found["required"]]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of a ceph-openstack stack, Pulumi.<stack>.yaml",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "description": "Settings, each with the prefix ceph-openstack: (docs/settings.md).",
                "properties": settings,
                "patternProperties": {f"^(?!{PREFIX})[^:]+:": True},
                "additionalProperties": False,
            }
        },
        # A setting that lost its indentation.
        "patternProperties": {f"^{PREFIX}": False},
        # An environment of Pulumi ESC may hold any setting.
        "if": {"not": {"required": ["environment"]}},
        "then": {"required": ["config"], "properties": {"config": {"required": required}}},
        "$defs": definitions,
    }


def _at_the_top(setting: Schema) -> Schema:
    """Return a setting of which Pulumi makes a text: `pulumi config set` writes a boolean in quotes."""
    if setting.get("type") != "boolean":
        return setting
    kept = {name: value for name, value in setting.items() if name != "type"}
    return {**kept, "enum": [True, False, "true", "false"]}


def _plain(part: Any, definitions: Mapping[str, Schema]) -> Any:
    """Return a part of pydantic's schema without nulls, titles and defaults that are no single word or number."""
    if not isinstance(part, dict):
        return part
    schema: Schema = part
    given = {_DRAFT_07.get(name, name): value for name, value in schema.items() if name != "title"}
    if not isinstance(given.get("default"), bool | int | float | str):
        given.pop("default", None)
    if "description" in given:
        given["description"] = given["description"].partition("\n\n")[0]
    if "patternProperties" in given:
        given.setdefault("additionalProperties", False)
    choices = given.pop("anyOf", given.pop("oneOf", []))
    found = _joined([choice for choice in choices if choice.get("type") != "null"], definitions) | given
    return {name: _within(name, value, definitions) for name, value in found.items()}


def _within(name: str, value: Any, definitions: Mapping[str, Schema]) -> Any:
    if name in _NAMED:
        return {key: _plain(part, definitions) for key, part in value.items()}
    return _plain(value, definitions)


def _joined(choices: Sequence[Schema], definitions: Mapping[str, Schema]) -> Schema:
    """Return one schema for several, each of another type, because a keyword holds for values of its own type only.

    A value that fits no choice would otherwise be told so, without a word about what is wrong with it.
    """
    if len(choices) < 2:
        return _plain(choices[0], definitions) if choices else {}
    whole = [definitions[choice["$ref"].rpartition("/")[2]] if "$ref" in choice else choice for choice in choices]
    whole = [_plain(choice, definitions) for choice in whole]
    joined: Schema = {"type": [choice["type"] for choice in whole]}
    for choice in whole:
        joined |= {name: value for name, value in choice.items() if name not in ("type", "description")}
    return joined
