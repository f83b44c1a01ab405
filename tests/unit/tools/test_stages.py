"""How long each stage took is printed together at the end, whatever happened to them."""

import subprocess
from pathlib import Path

TOOLS = Path(__file__).parents[3] / "tools"


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([TOOLS / "stages", "sh", "-c", script], capture_output=True, text=True, cwd=TOOLS)


def test_stages_that_all_passed() -> None:
    done = run("./stage lint true; ./stage 'live tests' sleep 1")
    assert done.returncode == 0
    table = done.stdout.splitlines()[-5:]
    assert table[0] == "seconds  stage"
    assert table[1].split() == ["0", "lint"]
    assert table[2].split() == ["1", "live", "tests"]
    assert table[3].split(maxsplit=1)[1] == "outside the stages: installing what they need"
    assert table[4].split(maxsplit=1)[1] == "in all"


def test_a_stage_that_failed_hides_none() -> None:
    done = run("./stage lint false; status=$?; ./stage proof true; exit $status")
    assert done.returncode == 1
    rows = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()[-4:]]
    assert rows == [
        "lint: FAILED",
        "proof",
        "outside the stages: installing what they need",
        "in all: FAILED",
    ]


def test_a_stage_of_its_own_writes_no_table() -> None:
    done = subprocess.run([TOOLS / "stage", "lint", "true"], capture_output=True, text=True, env={"PATH": "/bin"})
    assert done.stdout == "==> lint\n==> lint: done in 0 s\n"
