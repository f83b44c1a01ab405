"""The settings, described from their models: `python -m components.describe` prints the `config:` block of Pulumi.yaml,
`python -m components.describe --page` prints docs/settings.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from textwrap import wrap
from typing import Any, get_args

from pydantic import BaseModel

from .settings import StackSettings

_WIDTH = 116


def config_block() -> str:
    """Return the block: each setting of `StackSettings` with its type, its default and what it holds.

    All have a default: Pulumi calls one without it missing, also when it is misspelt, and then the program, which knows
    what was meant, never runs.
    """
    lines = ["config:"]
    for name, field in StackSettings.model_fields.items():
        parts = list(_parts(field.annotation))
        lines += [f"  {name}:", f"    type: {'object' if parts else 'string'}"]
        default = "" if field.is_required() else field.default
        lines.append("    default: {}" if parts else f'    default: "{default}"')
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


def settings_page() -> str:
    """Return docs/settings.md: a table for each setting of `StackSettings`."""
    lines = [
        "# Settings",
        "",
        "All that `Pulumi.<stack>.yaml` may hold under `config:`, each with the prefix `ceph-openstack:`. Made by",
        "`python -m components.describe --page`; a test holds it to the code. A working example: [Pulumi.dev.yaml](../Pulumi.dev.yaml).",
    ]
    for name, field in StackSettings.model_fields.items():
        lines += ["", f"## {name}", "", str(field.description)]
        parts = list(_parts(field.annotation))
        if parts:
            lines += ["", "| setting | what it holds |", "|---|---|"]
            lines += [f"| `{path}` | {_cell(description)} |" for path, description in parts]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _parts(annotation: Any) -> Iterator[tuple[str, str]]:
    """Give every setting below one, with its path: `pool.size`, `<name>.address` in a map."""
    model, prefix = _model(annotation)
    if model is None:
        return
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}", str(field.description)
        for path, description in _parts(field.annotation):
            yield f"{prefix}{name}.{path}", description


def _model(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    is_map = getattr(annotation, "__origin__", None) is dict
    for one in get_args(annotation):
        model, prefix = _model(one)
        if model:
            return model, f"<name>.{prefix}" if is_map else prefix
    return None, ""


if __name__ == "__main__":
    sys.stdout.write(settings_page() if sys.argv[1:] == ["--page"] else config_block())
