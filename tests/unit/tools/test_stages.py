"""How long each stage took is printed together at the end, whatever happened to them."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_on_every_python

TOOLS = Path(__file__).parents[3] / "tools"
OUTSIDE = "outside the stages: installing what they need"


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([TOOLS / "stages", "sh", "-c", script], capture_output=True, text=True, cwd=TOOLS)


def table(printed: str) -> dict[str, int]:
    """Return the last four rows: stage -> seconds."""
    rows = [line.split(maxsplit=1) for line in printed.splitlines()[-4:]]
    return {stage: int(seconds) for seconds, stage in rows}


def test_stages_that_all_passed() -> None:
    done = run("./stage lint true; ./stage 'live tests' sleep 3")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-5] == "seconds  stage"
    rows = table(done.stdout)
    assert list(rows) == ["lint", "live tests", OUTSIDE, "in all"]
    assert rows["live tests"] >= 2
    assert sum(rows.values()) == 2 * rows["in all"]


def test_a_stage_that_failed_hides_none() -> None:
    done = run("./stage lint false; status=$?; ./stage proof true; exit $status")
    assert done.returncode == 1
    assert list(table(done.stdout)) == ["lint: FAILED", "proof", OUTSIDE, "in all: FAILED"]


def test_a_stage_beside_others_is_shown_and_not_counted() -> None:
    done = run("BESIDE=yes ./stage 'unit tests' sleep 3 & ./stage live sleep 3; wait")
    assert done.returncode == 0
    rows = table(done.stdout)
    assert {"live", OUTSIDE, "in all"} < set(rows)
    assert rows["live"] >= 2
    assert rows["live"] + rows[OUTSIDE] == rows["in all"]
    assert re.search(r"^ +\d+  unit tests, beside others$", done.stdout, re.MULTILINE)


def test_the_stages_of_what_a_stage_runs_are_its_own() -> None:
    done = run("BESIDE=yes ./stage 'unit tests' sh -c './stage one true; ./stages ./stage two true'")
    _, inner, outer = done.stdout.split("seconds  stage")
    assert re.search(r"^ +\d+  two$", inner, re.MULTILINE), done.stdout
    assert [row.split(maxsplit=1)[1] for row in outer.strip().splitlines()] == [
        "unit tests, beside others",
        OUTSIDE,
        "in all",
    ]


def test_a_stage_of_its_own_writes_no_table() -> None:
    done = subprocess.run([TOOLS / "stage", "lint", "true"], capture_output=True, text=True, env={"PATH": "/bin"})
    assert re.fullmatch(r"==> lint\n==> lint: done in \d+ s\n", done.stdout)
