"""A target of make runs beside a command, takes what is left, and hides no failure; with a `make` that does as told."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.sdks import CHECKOUT

pytestmark = pytest.mark.same_on_every_python

MAKE = """#!/bin/bash
echo "$1 begins at $(nice), BESIDE=$BESIDE"
bash -c 'kill -INT $$' && echo "ignores interrupts"
echo $$ >pid
touch begun
while [ -e "hold $1" ]; do sleep 0.02; done
echo "$1 ends"
[ -e "fail $1" ] && exit 2
exit 0
"""
COMMAND = """
until [ -e begun ]; do sleep 0.02; done
echo "in front at $(nice)"
while [ -e "hold front" ]; do sleep 0.02; done
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "make").write_text(MAKE)
    (tmp_path / "make").chmod(0o755)
    yield tmp_path
    for path in tmp_path.glob("hold *"):
        path.unlink()


def start(folder: Path, command: str = COMMAND) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [CHECKOUT / "tools" / "beside", "unit", "bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=interruptible,
    )


def interruptible() -> None:
    """Undo what a shell does to what it starts in the background, which these tests may be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(happened: Callable[[], object]) -> None:
    limit = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_both_run_at_once_and_the_output_of_the_target_comes_in_the_end(folder: Path) -> None:
    (folder / "hold unit").touch()
    with start(folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"in front at {os.nice(0)}\n"
        assert process.poll() is None
        (folder / "hold unit").unlink()
        assert process.stdout.read() == "unit begins at 19, BESIDE=yes\nunit ends\n"
    assert process.returncode == 0


def test_a_failure_of_the_target_is_told_at_once_and_fails_the_whole(folder: Path) -> None:
    (folder / "hold front").touch()
    (folder / "fail unit").touch()
    with start(folder) as process:
        assert process.stdout is not None
        first = {process.stdout.readline() for _ in range(2)}
        told = "==> unit, which ran beside: FAILED; see .state/log/unit.log\n"
        assert first == {f"in front at {os.nice(0)}\n", told}
        (folder / "hold front").unlink()
        assert process.stdout.read() == "unit begins at 19, BESIDE=yes\nunit ends\n"
    assert process.returncode == 1


def test_a_command_that_fails_fails_the_whole_once_the_target_is_over(folder: Path) -> None:
    with start(folder, "exit 3") as process:
        printed = process.communicate()[0]
    assert process.returncode == 3
    assert printed.endswith("unit ends\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_target_ends_with_a_run_that_is_ended(folder: Path, number: signal.Signals) -> None:
    """A shell lets what it starts in the background ignore the interrupts of a terminal."""
    (folder / "hold unit").touch()
    (folder / "hold front").touch()
    with start(folder) as process:
        until((folder / "begun").exists)
        os.killpg(process.pid, number)
        process.communicate()
    until(lambda: not Path(f"/proc/{(folder / 'pid').read_text().strip()}").exists())
