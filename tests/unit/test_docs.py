"""What README.md, CONTRIBUTING.md and docs/ say of the source is there: files, folders, functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_on_every_python

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = ("components/", "providers/", "commands/", "lab/", "bench/", "tools/", "tests/")
STATION = re.compile(r"^\| `([^`]+\.py)` \| `([\w.]+)` \|", re.MULTILINE)
"""A row of a way through the layers: file, and what of the file."""


def defined(path: Path) -> set[str]:
    """Return the names that a file defines at its top, and the methods of its classes as `Class.method`."""
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = [text for text in re.findall(r"`([\w./-]+)`", page.read_text()) if text.startswith(FOLDERS)]
    linked = [text for text in re.findall(r"\]\(([\w./-]+)\)", page.read_text()) if "://" not in text]
    gone = [text for text in named if not (ROOT / text).exists()]
    gone += [text for text in linked if not (page.parent / text).exists()]
    assert gone == []


def test_the_ways_of_an_option_and_of_a_key_lead_through_functions_that_are_there() -> None:
    stations = STATION.findall((ROOT / "docs" / "design.md").read_text())
    assert len(stations) > 20
    assert [(path, name) for path, name in stations if name not in defined(ROOT / path)] == []
