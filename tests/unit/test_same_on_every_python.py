"""What is marked `same_on_every_python` neither imports the program nor starts the Python that runs the tests."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
MARK = "same_on_every_python"
HARMLESS = {"pytest", "yaml", "tests.unit.sdks"}
"""Modules beside the standard library's. Of `sdks` only CHECKOUT may be used."""
ITS_PYTHON = {("sys", "executable"), ("sys", "prefix"), ("sys", "version_info")}
FIXTURES = {"agent", "site", "sites", "prepared", "memory"}
"""The fixtures of tests/unit/conftest.py that run the program."""


def marked() -> list[Path]:
    return [path for path in sorted(TESTS.rglob("test_*.py")) if f"pytest.mark.{MARK}" in path.read_text()]


def wrong(tree: ast.Module) -> set[str]:
    """Return what a module with the mark may not have."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if not harmless(alias.name)}
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or "."} if not harmless(node.module or ".") else set()
            found |= {alias.name for alias in node.names if node.module == "tests.unit.sdks"} - {"CHECKOUT"}
        if isinstance(node, ast.Attribute) and (ast.unparse(node.value), node.attr) in ITS_PYTHON:
            found.add(ast.unparse(node))
        if isinstance(node, ast.FunctionDef):
            found |= FIXTURES & {argument.arg for argument in node.args.args}
    marks = [ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Assign) and names_marks(node)]
    return found | (set() if any(f"pytest.mark.{MARK}" in mark for mark in marks) else {"not the whole file is marked"})


def names_marks(node: ast.Assign) -> bool:
    return [ast.unparse(target) for target in node.targets] == ["pytestmark"]


def harmless(module: str) -> bool:
    known = module.partition(".")[0] in sys.stdlib_module_names and not module.startswith(("importlib", "runpy"))
    return known or module in HARMLESS


@pytest.mark.parametrize("path", marked(), ids=lambda path: path.name)
def test_a_marked_file_has_nothing_of_the_program_and_of_this_python(path: Path) -> None:
    assert wrong(ast.parse(path.read_text())) == set()


def test_there_are_marked_files_and_the_rule_can_be_broken() -> None:
    assert "test_versions.py" in {path.name for path in marked()}
    broken = (
        "import sys\nimport importlib.util\nimport pulumi\nfrom providers.errors import Refused\n"
        "from tests.unit.sdks import CHECKOUT, environment\n"
        f"@pytest.mark.{MARK}\ndef test_x(site):\n    sys.executable\n"
    )
    assert wrong(ast.parse(broken)) == {
        "importlib.util",
        "pulumi",
        "providers.errors",
        "environment",
        "sys.executable",
        "site",
        "not the whole file is marked",
    }
