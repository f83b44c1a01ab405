"""The rules of form that ruff does not know: short functions, one public noun a file, 120 columns in scripts.

What a machine cannot say here: whether a noun is well chosen, and whether a file of functions alone is about one thing.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_on_every_python

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("providers/", "components/", "commands/", "lab/", "bench/", "tools/", "__main__.py")
LONGEST_FUNCTION = 40
COLUMNS = 120

LONG_FUNCTIONS: set[str] = set()
"""Functions that are still too long. The set may only shrink, and has to become empty."""

A_LIST_OF_NOUNS = {
    "providers/reach/steps.py",  # the steps of which plans are made
    "providers/resources.py",  # module and class of each provider are in every stack's state
}
"""Files that hold several nouns for good, because the file is the list of them."""


def tracked() -> list[str]:
    """Return the paths of all files that git knows and that are there."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


def shebang(path: str) -> str:
    with (ROOT / path).open("rb") as file:
        first = file.readline(80)
    return first.decode(errors="replace") if first.startswith(b"#!") else ""


def product() -> Iterator[tuple[str, ast.Module]]:
    """Yield path and syntax tree of each Python file of the product, scripts without an ending included."""
    for path in tracked():
        if path.startswith(PRODUCT) and (path.endswith(".py") or "python" in shebang(path)):
            yield path, ast.parse((ROOT / path).read_text())


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each function with its name, which the names of enclosing classes and functions precede."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
        inner = f"{prefix}{node.name}." if isinstance(node, ast.ClassDef | ast.FunctionDef) else prefix
        yield from functions(node, inner)


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from `def` on, without its docstring, which may be as long as the reader needs."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def is_error(node: ast.ClassDef) -> bool:
    """Return whether a class is an exception by its name or by a base's name: the way in which a noun can fail."""
    names = [node.name, *(ast.unparse(base) for base in node.bases)]
    return any(name.endswith(("Error", "Exception")) for name in names)


def field_types(node: ast.ClassDef) -> set[str]:
    """Return every name in the annotations of a class's fields and of its __init__'s arguments."""
    annotations = [field.annotation for field in node.body if isinstance(field, ast.AnnAssign)]
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            annotations += [argument.annotation for argument in method.args.args if argument.annotation]
    return {name.id for annotation in annotations for name in ast.walk(annotation) if isinstance(name, ast.Name)}


def nouns(tree: ast.Module) -> list[set[str]]:
    """Return the words of each public class's name, without exceptions and without parts of another public class."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    parts = {name for node in classes for name in field_types(node) - {node.name}}
    return [
        set(re.findall(r"[A-Z][a-z0-9]+|[A-Z]+(?![a-z])", node.name))
        for node in classes
        if not is_error(node) and node.name not in parts
    ]


def test_no_function_is_longer_than_forty_lines() -> None:
    long = {
        f"{path}: {name}"
        for path, tree in product()
        for name, function in functions(tree)
        if lines_of(function) > LONGEST_FUNCTION
    }
    assert long == LONG_FUNCTIONS


def test_a_file_has_one_public_noun() -> None:
    """All public classes of a file share a word of their names, such as PoolDesired, PoolObserved and PoolKind.

    A class that is the type of another class's field is a part of that class, such as Monitor of MonMap.
    """
    several = {path for path, tree in product() if (found := nouns(tree)) and not set.intersection(*found)}
    assert several == A_LIST_OF_NOUNS


def test_scripts_have_no_line_over_120_columns() -> None:
    """Ruff counts the columns of Python files only."""
    scripts = [path for path in tracked() if path == "Makefile" or path.endswith(".sh") or shebang(path)]
    assert {"Makefile", "tools/run", "lab/guest_init.sh", "bench/peers/guide.sh"} <= set(scripts)
    long = [
        f"{path}:{number}"
        for path in scripts
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if len(line) > COLUMNS
    ]
    assert long == []


def test_the_rules_can_be_broken() -> None:
    tree = ast.parse("class A:\n    def f(self):\n        '''Say.\n\n        More.\n        '''\n        return 1\n")
    assert [(name, lines_of(function)) for name, function in functions(tree)] == [("A.f", 2)]
    source = (
        "class Part: ...\nclass PoolDesired:\n    parts: list[Part]\nclass UserKind: ...\nclass Wrong(HostError): ..."
    )
    assert nouns(ast.parse(source)) == [{"Pool", "Desired"}, {"User", "Kind"}]
