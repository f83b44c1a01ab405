"""The settings, described from their models.

`python -m components.stack.describe` writes the `config:` block of Pulumi.yaml, docs/settings.md and the JSON Schema of
Pulumi.<stack>.yaml: `make generate`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, get_origin

from components.services import SERVICES
from components.services.service import AnyService
from components.stack.json_schema import stack_schema
from components.stack.schema import settings_below
from components.stack.stack_settings import settings_in_order

SCHEMA = Path("schema", "stack.json")
"""The schema's place in the project's folder."""
_WIDTH = 116


def config_block(services: Sequence[AnyService] = SERVICES) -> str:
    """Return the block: each setting with its type, its default and what it holds.

    Every setting has a default. Without a default Pulumi calls a setting missing, also when the setting is only
    misspelt. Then the program never runs, although the program could say which setting was meant.
    """
    lines = ["config:"]
    for name, field in settings_in_order(services).items():
        parts = list(settings_below(field.annotation))
        lines.append(f"  {name}:")
        lines += _type("object" if parts else field.annotation, "" if field.is_required() else field.default)
        lines.append("    description: |-")
        lines += [f"      {line}" for line in wrap(str(field.description), _WIDTH - 6)]
        for path, description in parts:
            lines += wrap(
                f"{path}: {description}",
                _WIDTH - 8,
                initial_indent=" " * 8,
                subsequent_indent=" " * 10,
                break_on_hyphens=False,
            )
    return "\n".join(lines) + "\n"


def _type(annotation: Any, default: Any) -> list[str]:
    """Return the lines of a setting's type and default. Pulumi refuses a value that is not of the type."""
    if annotation == "object":
        return ["    type: object", "    default: {}"]
    if get_origin(annotation) is list:
        return ["    type: array", "    items:", "      type: string", "    default: []"]
    if annotation is bool:
        return ["    type: boolean", f"    default: {str(default).lower()}"]
    return ["    type: string", f'    default: "{default}"']


def settings_page(services: Sequence[AnyService] = SERVICES) -> str:
    """Return docs/settings.md: a table for each setting."""
    lines = [
        "# Settings",
        "",
        "All that `Pulumi.<stack>.yaml` may hold under `config:`, each with the prefix `ceph-openstack:`. Made by",
        "`make generate`; a test holds it to the code. A working example:",
        "[Pulumi.dev.yaml](../Pulumi.dev.yaml).",
    ]
    for name, field in settings_in_order(services).items():
        lines += ["", f"## {name}", "", str(field.description)]
        parts = list(settings_below(field.annotation))
        if parts:
            lines += ["", "| setting | what it holds |", "|---|---|"]
            lines += [f"| `{path}` | {_cell(description)} |" for path, description in parts]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def schema_text(services: Sequence[AnyService] = SERVICES) -> str:
    """Return schema/stack.json."""
    return json.dumps(stack_schema(services), indent=2, ensure_ascii=False) + "\n"


def write(project: Path, services: Sequence[AnyService] = SERVICES) -> None:
    """Write all three into the project's folder. What stands above the block in Pulumi.yaml stays."""
    file = project / "Pulumi.yaml"
    above, _, _ = file.read_text().partition("config:\n")
    file.write_text(above + config_block(services))
    (project / "docs" / "settings.md").write_text(settings_page(services))
    (project / SCHEMA).write_text(schema_text(services))


if __name__ == "__main__":
    write(Path(__file__).parents[2])
