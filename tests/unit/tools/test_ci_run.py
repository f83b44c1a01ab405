"""What CI runs, with a `make` that only writes down what it is asked: what waits for what, and what fails the whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.sdks import CHECKOUT

pytestmark = pytest.mark.same_on_every_python

MAKE = """#!/bin/bash
echo "begin $*" >>asked
if [ "${!#}" = test ]; then
    while [ -e "hold unit" ]; do sleep 0.02; done
    [ -e "fail unit" ] || cp unit.xml .state/test/
    echo "half" >>asked
fi
while [ -e "hold ${!#}" ]; do sleep 0.02; done
echo "end $* at $(nice)" >>asked
[ -e "fail ${!#}" ] && exit 2
exit 0
"""
PASSED = '<testsuite tests="1"><testcase classname="a" name="b"/></testsuite>'
REPORTS = ("live", "proof", "releases", "proof-trixie", "unit-newest")


class Clone:
    """A folder with .ci/run and the tools that it calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".ci").mkdir()
        shutil.copy(CHECKOUT / ".ci" / "run", folder / ".ci" / "run")
        (folder / "tools").symlink_to(CHECKOUT / "tools")
        (folder / "lab").mkdir()
        (folder / "lab" / "lab").write_text('#!/bin/bash\necho "lab $*" >>asked\n[ ! -e "fail lab" ]\n')
        (folder / "lab" / "lab").chmod(0o755)
        (folder / "bin").mkdir()
        (folder / "bin" / "make").write_text(MAKE)
        (folder / "bin" / "make").chmod(0o755)

    def start(self) -> subprocess.Popen[str]:
        """Start CI, and give it reports of tests that passed once it has removed those of the last time."""
        (self.folder / ".state" / "test").mkdir(parents=True)
        (self.folder / ".state" / "test" / "old.xml").touch()
        (self.folder / "unit.xml").write_text(PASSED)
        process = subprocess.Popen(
            [self.folder / ".ci" / "run"],
            env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=interruptible,
        )
        self.until(lambda: not (self.folder / ".state" / "test" / "old.xml").exists())
        for name in REPORTS:
            (self.folder / ".state" / "test" / f"{name}.xml").write_text(PASSED)
        return process

    @staticmethod
    def until(happened: Callable[[], object]) -> None:
        limit = time.monotonic() + 120
        while not happened():
            assert time.monotonic() < limit
            time.sleep(0.02)

    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def let(self, what: str, target: str) -> Path:
        """Let a target `hold`, until the file is gone, or `fail`."""
        path = self.folder / f"{what} {target}"
        path.touch()
        return path


def interruptible() -> None:
    """Undo what a shell does to what it starts in the background, which these tests may be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    yield Clone(tmp_path)
    for path in tmp_path.glob("hold *"):
        path.unlink()


def position(asked: list[str], begin: str) -> int:
    return next(number for number, line in enumerate(asked) if line.startswith(begin))


def test_the_newest_python_begins_when_the_unit_tests_have_their_report_and_holds_up_nothing(clone: Clone) -> None:
    unit, newest = clone.let("hold", "unit"), clone.let("hold", "unit-newest")
    with clone.start() as process:
        clone.until(lambda: "begin --keep-going test" in clone.asked())
        assert not any("unit-newest" in line for line in clone.asked())
        unit.unlink()
        clone.until(lambda: any(line.startswith("end proof") for line in clone.asked()))
        clone.until(lambda: "begin unit-newest" in clone.asked())
        assert not any(line.startswith("end unit-newest") for line in clone.asked())
        newest.unlink()
        printed = process.communicate()[0]
    asked = clone.asked()
    assert process.returncode == 0, printed
    assert position(asked, "half") < position(asked, "lab cache 2026.1 trixie") < position(asked, "begin unit-newest")
    assert "end unit-newest at 19" in asked
    assert f"end --keep-going test at {os.nice(0)}" in asked
    assert "unit-newest: 1 tests ran of 1 in unit; left out: none" in printed
    assert printed.count("seconds  stage") == 1


@pytest.mark.parametrize("target", ["test", "unit-newest", "RELEASE=2026.1", "WORLD=trixie"])
def test_each_part_runs_whatever_failed_before_and_fails_the_whole(clone: Clone, target: str) -> None:
    clone.let("fail", target)
    with clone.start() as process:
        printed = process.communicate()[0]
    assert process.returncode == 1, printed
    assert len([line for line in clone.asked() if line.startswith("end")]) == 5


def test_unit_tests_without_a_report_fail_the_whole_and_nothing_waits_for_it(clone: Clone) -> None:
    clone.let("fail", "unit")
    with clone.start() as process:
        printed = process.communicate(timeout=60)[0]
    assert process.returncode == 1, printed
    assert not any("unit-newest" in line for line in clone.asked())


def test_a_cache_that_cannot_be_filled_is_left_to_the_parts_that_need_it(clone: Clone) -> None:
    clone.let("fail", "lab")
    with clone.start() as process:
        printed = process.communicate()[0]
    assert process.returncode == 0, printed
    assert "begin unit-newest" in clone.asked()


def test_what_runs_beside_ends_with_a_run_that_is_ended(clone: Clone) -> None:
    clone.let("hold", "unit-newest")
    clone.let("hold", "test")
    with clone.start() as process:
        clone.until(lambda: any(line.startswith("begin unit-newest") for line in clone.asked()))
        begun = [child for child in children() if f"{clone.folder}/bin/make" in child[1]]
        assert {child[1].split()[-1] for child in begun} == {"unit-newest", "test"}
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()
    clone.until(lambda: not [child for child in children() if f"{clone.folder}/bin/make" in child[1]])


def children() -> list[tuple[int, str]]:
    """Return number and command line of every process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        found.append((int(path.parent.name), b" ".join(words).decode(errors="replace").strip()))
    return found
