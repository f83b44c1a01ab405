"""What components may know of: the resources, the formats of text and names, and nothing else beneath them."""

from __future__ import annotations

import ast
from pathlib import Path

import components


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return names


def test_components_reach_machines_through_resources_only() -> None:
    """`formats` is pure and holds the only grammar of names, for the settings and the providers."""
    files = list(Path(str(components.__file__)).parent.rglob("*.py"))
    assert len(files) > 50
    for path in files:
        used = {
            name for name in imported(path) if name.split(".")[0] in ("providers", "paramiko", "subprocess", "socket")
        }
        named = {name for name in used if not name.startswith("providers.formats.")}
        assert named <= {"providers.models", "providers.resources"}, path.name
