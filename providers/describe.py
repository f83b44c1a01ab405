"""The resources, described from their kinds and models.

`python -m providers.describe` writes docs/resources.md, and so does `make generate`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from providers.kind import Kind
from providers.kinds import KINDS

Schema = Mapping[str, Any]

PAGE = Path("docs", "resources.md")
"""The page's place in the project's folder."""
_FIRST = """\
# Resources

What the resources of a stack are to Pulumi: for whoever writes a [policy](../examples/policy/README.md), reads a
`pulumi preview --json`, or asks what a refresh can see. The program declares them from the [settings](settings.md);
nobody writes them by hand. Made by `make generate` from the code; a test holds this page to it.

What holds for all of them:

- **Types and logical names never change.** A type begins with `pulumi-python:dynamic/`. Components, whose types begin
  with `ceph-openstack:openstack:`, hold resources together and do nothing. `command:remote:Command`, which
  `packages.install` and `commands` declare, is described by Pulumi's `command` package.
- **Create and update** read what is there, do what is missing, and read again: if anything is left to do then, the run
  fails and says what. What was there before is recorded first, in a journal beside the thing.
- **Diff** opens no connection, and nothing is ever replaced. A preview refuses a change of an input that cannot change,
  with what to do instead. What an adoption has only recorded is an update until the output `pending` is empty.
- **Read** (a refresh) puts what it finds into the inputs, where a preview shows it. An input marked *reported* is there
  for that alone, and the program never sends it. What is on a host that does not answer is not checked, which is a
  warning and no drift.
- **Delete** puts back what was there before, and leaves alone what the journal does not call the stack's.
- Beside its inputs, the state of a resource has the outputs `pending` (what an adoption has left to the next run) and
  `reached` (the way to the host, and which machine it is). No input and no output is a key.
- Within a path, `<name>` stands for the keys of a map. Names in no order are a map of names to `true`, because the
  engine compares lists by index.
"""
_OPERATIONS = ("create", "read", "diff", "update", "delete")


def resources_page(kinds: Mapping[str, Kind[Any, Any]] = KINDS) -> str:
    """Return docs/resources.md: a section for each type."""
    return "\n".join([_FIRST, *(line for type_, kind in kinds.items() for line in _section(type_, kind))])


def _section(type_: str, kind: Kind[Any, Any]) -> Iterator[str]:
    yield from (f"## {type_.rpartition(':')[2]}", "", f"`{type_}`", "")
    yield from ("| operation | what happens |", "|---|---|")
    yield from (f"| {name} | {_cell(getattr(kind.lifecycle, name))} |" for name in _OPERATIONS)
    yield from ("", "| input | type | what it holds |", "|---|---|---|")
    yield from (f"| `{path}` | {shape} | {_cell(text)} |" for path, shape, text in inputs(kind))
    if kind.fixed:
        yield from ("", "| input that cannot change | what to do instead |", "|---|---|")
        yield from (f"| `{name}` | {_cell(advice)} |" for name, advice in kind.fixed.items())
    shown = {**kind.lifecycle.drift, **_reported(kind)}
    if not shown:
        yield from ("", "Drift: nothing that a refresh could show.", "")
        return
    yield from ("", "| input | what drift shows |", "|---|---|")
    names_by_text: dict[str, list[str]] = {}
    for name, text in shown.items():
        names_by_text.setdefault(text, []).append(f"`{name}`")
    yield from (f"| {', '.join(names)} | {_cell(text)} |" for text, names in names_by_text.items())
    yield ""


def _reported(kind: Kind[Any, Any]) -> dict[str, str]:
    fields = kind.desired.model_fields
    return {name: str(fields[name].description) for name in kind.desired.reported_fields()}


def inputs(kind: Kind[Any, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield path, type and description of every input, also of those within an input; a map's keys are `<name>`."""
    schema = kind.desired.model_json_schema(mode="serialization")
    named = {name: part for name, part in schema["properties"].items() if not kind.desired.model_fields[name].exclude}
    yield from _properties({**schema, "properties": named}, schema.get("$defs", {}), "")


def _properties(schema: Schema, definitions: Schema, above: str) -> Iterator[tuple[str, str, str]]:
    for name, part in schema["properties"].items():
        shape = _type(part, definitions) + _need(name, part, schema)
        yield f"{above}{name}", shape, str(part.get("description", ""))
        path, inner = _inner(part, definitions)
        if inner is not None:
            yield from _properties(inner, definitions, f"{above}{name}.{path}")


def _plain(part: Schema, definitions: Schema) -> Schema:
    """Return a part of the schema without the way to it: what a reference names, and what else null may be."""
    if "$ref" in part:
        found: Schema = definitions[part["$ref"].rpartition("/")[2]]
        return found
    choices = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    return _plain(choices[0], definitions) if len(choices) == 1 else part


def _values(part: Schema) -> Schema | None:
    """Return the schema of a map's values; None for what is no map."""
    for name in ("additionalProperties", "patternProperties"):
        values = part.get(name)
        if isinstance(values, Mapping):
            found: Schema = next(iter(values.values())) if name == "patternProperties" else values
            return found
    return None


def _inner(part: Schema, definitions: Schema) -> tuple[str, Schema | None]:
    """Return the object that an input holds, and the maps on the way to that object; None for plain values."""
    plain, path = _plain(part, definitions), ""
    while (values := _values(plain)) is not None:
        plain, path = _plain(values, definitions), f"{path}<name>."
    return path, plain if "properties" in plain else None


def _type(part: Schema, definitions: Schema) -> str:
    plain = _plain(part, definitions)
    if "enum" in plain or "const" in plain:
        allowed = plain.get("enum", [plain.get("const")])
        words = [f"`{value if isinstance(value, str) else json.dumps(value)}`" for value in allowed]
        return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    values = _values(plain)
    if values is not None:
        return "map of names to `true`" if values.get("type") == "boolean" else f"map of {_type(values, definitions)}"
    if plain.get("type") == "array":
        return f"list of {_type(plain['items'], definitions)}"
    return str(plain["type"])


def _need(name: str, part: Schema, schema: Schema) -> str:
    """Return whether an input is required, reported, or what its default is; nothing where it may be left out."""
    if part.get("reported"):
        return f", *reported*, `{json.dumps(part['default'])}` when right"
    if name in schema.get("required", ()) and "default" not in part:
        return ", required"
    given = part.get("default")
    return "" if given in (None, "") else f", default `{json.dumps(given)}`"


def _cell(text: str) -> str:
    """Return the text for a cell of a table. Within backticks `<` is itself, and `|` ends a cell even there."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


if __name__ == "__main__":
    (Path(__file__).parents[1] / PAGE).write_text(resources_page())
