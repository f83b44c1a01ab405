"""docs/coverage.md: each step of the five guides once, and nothing in a row that is not there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from commands.__main__ import COMMANDS
from components.services import SERVICES
from components.stack.schema import settings_below
from components.stack.stack_settings import settings_in_order
from lab import worlds
from providers.kinds import KINDS
from tests.coverage.coverage import ALL_WORLDS, LAB, VERDICTS, WORLDS, CoverageAnswer, read_answers, read_guides
from tests.coverage.page import PAGE, coverage_page

ROOT = Path(__file__).resolve().parents[2]
GUIDES, ANSWERS = read_guides(), read_answers()
STEPS = {"000": 60, "001": 38, "002": 48, "003": 36, "004": 52}
"""How many steps each guide has; the guides are not in this repository."""
NAMED = [pytest.param(answer, id=name) for name, answer in ANSWERS.items()]
SENTENCE = re.compile(r"[A-Z`a-z][^|]{39,}\.")
SPAN = re.compile(r"`([^`]+)`")


@cache
def settings() -> frozenset[str]:
    """Return the path of each setting, such as `nova.pool.name`."""
    found = set()
    for name, field in settings_in_order(SERVICES).items():
        found |= {name, *(f"{name}.{path}" for path, _ in settings_below(field.annotation))}
    return frozenset(found)


@cache
def resources() -> frozenset[str]:
    """Return the type of each resource as the page names it, such as `ceph:Pool`."""
    return frozenset(type_.rpartition("/")[2] for type_ in KINDS)


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the tests of a file, as pytest names them without parameters, and the classes that hold tests."""
    found, classes = set(), dict[str, set[str]]()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inherited = [classes.get(ast.unparse(base), set()) for base in node.bases]
            own = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
            classes[node.name] = {name for name in own.union(*inherited) if name.startswith("test_")}
    for name, methods in classes.items():
        if name.startswith("Test") and methods:
            found |= {name, *(f"{name}::{method}" for method in methods)}
    return frozenset(found)


def is_there(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and (not name or name in names_in(path))


def unknown(text: str) -> list[str]:
    """Return the spans of a text that are no setting, no resource and no command."""
    found = []
    for span in SPAN.findall(text):
        words = span.split()
        if words[:3] == ["python", "-m", "commands"]:
            known = words[3] in COMMANDS
        else:
            known = span.partition(": ")[0] in settings() or span in resources()
        found += [] if known else [span]
    return found


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == coverage_page(), "run `make generate`"


def test_each_step_is_there_once_and_in_order() -> None:
    assert {guide.number: len(guide.steps) for guide in GUIDES} == STEPS
    for guide in GUIDES:
        wanted = [f"{guide.number}.{place}" for place in range(1, STEPS[guide.number] + 1)]
        assert [step.number for step in guide.steps] == wanted
        assert all(step.words.strip() for step in guide.steps)
    rows = Counter(re.findall(r"^\| (00\d\.\d+) \|", PAGE.read_text(), re.MULTILINE))
    assert rows == Counter(step.number for guide in GUIDES for step in guide.steps)


def test_each_answer_is_a_step_s_and_each_step_has_one() -> None:
    assert {step.answer for guide in GUIDES for step in guide.steps} == set(ANSWERS)


@pytest.mark.parametrize("answer", NAMED)
def test_what_an_answer_names_is_there(answer: CoverageAnswer) -> None:
    assert answer.verdict in VERDICTS
    assert "|" not in answer.how
    assert unknown(answer.how) == []
    assert unknown(answer.because) == []
    assert [test for test in answer.shown if not is_there(test)] == []


@pytest.mark.parametrize("answer", NAMED)
def test_a_verdict_is_shown_by_tests_of_its_kind(answer: CoverageAnswer) -> None:
    on_the_lab = [test for test in answer.shown if test.startswith(LAB)]
    if answer.verdict == "live":
        assert on_the_lab
        assert answer.because == ""
    elif answer.verdict == "rendered":
        assert set(answer.shown) - set(on_the_lab)
    else:
        assert SENTENCE.fullmatch(answer.because), "say in a sentence what is missing, or why, and what to do"
        assert bool(answer.shown) == (answer.verdict != "missing")


def test_the_worlds_are_those_in_which_make_runs_the_tests() -> None:
    assert set(ALL_WORLDS) <= {world.name for world in worlds.WORLDS.values()}
    (in_other_worlds,) = re.findall(r'"proof, world .*?" \$\(on-lab\) (.+?) -m', (ROOT / "Makefile").read_text())
    assert in_other_worlds.split() == [path.rstrip("/") for path in WORLDS]


def test_what_is_not_there_would_be_seen() -> None:
    assert unknown("`nova.pool.nome`, `ceph:Pond`, `python -m commands lnit`, `nova.pool.name`, `ceph:Pool`") == [
        "nova.pool.nome",
        "ceph:Pond",
        "python -m commands lnit",
    ]
    here = "tests/unit/test_coverage.py"
    assert is_there(f"{here}::test_what_is_not_there_would_be_seen")
    assert not is_there(f"{here}::test_what_is_there")
    assert not is_there("tests/unit/test_covrage.py")
    assert is_there("tests/live/test_drift.py::TestKeyrings::test_the_preview_names_it")
    assert not SENTENCE.fullmatch("TODO")
