"""The unit tests with the newest Python may leave out what is marked, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "tests-left-out"
RAN, SKIPPED = "", "<skipped/>"
MARKED = '<properties><property name="same_on_every_python" value="yes"/></properties>'
WHOLE = {"a::one": RAN, "a::two": RAN, "b::three": MARKED, "b::four": MARKED, "c::five": SKIPPED}


def judge(folder: Path, whole: dict[str, str], part: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, tests in (("unit", whole), ("unit-newest", part)):
        rows = [
            f'<testcase classname="{test.partition("::")[0]}" name="{test.partition("::")[2]}">{inner}</testcase>'
            for test, inner in tests.items()
        ]
        (folder / f"{name}.xml").write_text(f"<testsuites><testsuite>{''.join(rows)}</testsuite></testsuites>")
    reports = (folder / "unit.xml", folder / "unit-newest.xml")
    return subprocess.run([sys.executable, TOOL, *reports], capture_output=True, text=True, check=False)


def test_what_is_marked_may_be_left_out_and_is_counted(tmp_path: Path) -> None:
    done = judge(tmp_path, WHOLE, {name: row for name, row in WHOLE.items() if row != MARKED})
    assert done.returncode == 0, done.stderr
    assert done.stdout == "unit-newest: 3 tests ran of 5 in unit; left out: b (2)\n"


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"a::one": RAN, "c::five": SKIPPED}, "1 tests did not run in unit-newest, and are not marked"),
        (
            {"a::one": RAN, "a::two": SKIPPED, "c::five": SKIPPED},
            "1 tests were skipped in unit-newest, and ran in unit",
        ),
        ({**WHOLE, "a::other": RAN}, "1 tests ran in unit-newest, and not in unit: a::other"),
        ({}, "unit-newest has no test"),
    ],
)
def test_anything_else_is_an_error(tmp_path: Path, part: dict[str, str], why: str) -> None:
    done = judge(tmp_path, WHOLE, part)
    assert done.returncode == 1
    assert why in done.stderr
    assert done.stdout == ""


def test_a_run_that_was_never_started_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "unit.xml").write_text("<testsuites/>")
    words: list[str | Path] = [sys.executable, TOOL, tmp_path / "unit.xml", tmp_path / "unit-newest.xml"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unit-newest.xml is missing" in done.stderr
