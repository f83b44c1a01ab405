"""CI may only pass when the tests on the lab ran."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "tests-ran"


def judge(*reports: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, TOOL, *reports], capture_output=True, text=True)


def write(report: Path, **counts: int) -> None:
    numbers = " ".join(f'{name}="{count}"' for name, count in counts.items())
    report.write_text(f'<?xml version="1.0"?><testsuites><testsuite name="pytest" {numbers}/></testsuites>')


def test_live_tests_that_all_passed(tmp_path: Path) -> None:
    write(tmp_path / "live.xml", tests=9, skipped=0, failures=0, errors=0)
    judged = judge(tmp_path / "live.xml")
    assert judged.returncode == 0
    assert judged.stdout == "live: 9 tests ran and passed\n"


@pytest.mark.parametrize(
    "counts",
    [
        {"tests": 0, "skipped": 0, "failures": 0, "errors": 0},
        {"tests": 9, "skipped": 1, "failures": 0, "errors": 0},
        {"tests": 9, "skipped": 0, "failures": 1, "errors": 0},
        {"tests": 9, "skipped": 0, "failures": 0, "errors": 1},
    ],
)
def test_live_tests_that_did_not_all_pass(tmp_path: Path, counts: dict[str, int]) -> None:
    write(tmp_path / "live.xml", **counts)
    judged = judge(tmp_path / "live.xml")
    assert judged.returncode == 1
    assert "all tests have to run and pass" in judged.stderr


def test_live_tests_that_were_never_started(tmp_path: Path) -> None:
    judged = judge(tmp_path / "live.xml")
    assert judged.returncode == 1
    assert "were not started" in judged.stderr


def test_one_report_of_two_is_enough_to_fail(tmp_path: Path) -> None:
    write(tmp_path / "live.xml", tests=9, skipped=0, failures=0, errors=0)
    judged = judge(tmp_path / "live.xml", tmp_path / "proof.xml")
    assert judged.returncode == 1
    assert judged.stdout == "live: 9 tests ran and passed\n"
    assert "proof.xml is missing" in judged.stderr
    assert judge().returncode == 1
