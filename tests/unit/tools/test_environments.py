"""The environments of another SDK and of the newest Python: made, or named as what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sdks import CHECKOUT, environment

NEWEST_PYTHON = CHECKOUT / "tools" / "newest-python"
NAME = f"test-{os.getpid()}"


@pytest.fixture
def venv() -> Iterator[Path]:
    """Where tools/venv makes an environment of this name."""
    folder = CHECKOUT / ".state" / "venv" / NAME
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_name(f"{NAME}.lock").unlink(missing_ok=True)


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def newest_python(folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the tool with nothing on PATH but the programs in the folder."""
    variables = {"PATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), **changes}
    return subprocess.run([sys.executable, NEWEST_PYTHON], env=variables, capture_output=True, text=True, check=False)


def test_a_lock_that_cannot_be_installed_is_an_error_and_no_environment(venv: Path, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("pulumi==3.259.0\n")
    words: list[str | Path] = [CHECKOUT / "tools" / "venv", NAME, lock, Path(sys.executable).resolve()]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"could not install {lock} into .state/venv/{NAME}" in done.stderr
    assert "hash" in done.stderr
    assert not (venv / "lock.sha256").exists()


def test_an_environment_is_made_once() -> None:
    stamp = environment("newest") / "lock.sha256"
    made = stamp.stat().st_mtime_ns
    assert environment("newest") == stamp.parent
    assert stamp.stat().st_mtime_ns == made


def test_the_newest_python_on_path_is_taken(tmp_path: Path) -> None:
    for minor in (14, 15):
        program(tmp_path, f"python3.{minor}", f"echo {tmp_path}/python3.{minor} 3 {minor}")
    assert newest_python(tmp_path).stdout.split()[0] == f"{tmp_path}/python3.15"


def test_a_python_that_is_named_is_taken_if_it_is_new_enough(tmp_path: Path) -> None:
    program(tmp_path, "python3.14", f"echo {tmp_path}/python3.14 3 14")
    for version, taken in (("3 16", "mine"), ("3 13", "python3.14")):
        program(tmp_path, "mine", f"echo {tmp_path}/mine {version}")
        assert newest_python(tmp_path, PYTHON=f"{tmp_path}/mine").stdout.split()[0] == f"{tmp_path}/{taken}"


def test_a_python_that_cannot_be_unpacked_is_an_error(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        pytest.skip("packages are unpacked by root on Debian")
    program(tmp_path, "apt-get", "echo 'Debian|bookworm|http://mirror.invalid/debian/|main'")
    program(tmp_path, "apt-config", "echo 'Acquire::Retries \"3\";'")
    program(tmp_path, "mmdebstrap", 'echo "the mirror does not answer: $*" >&2; exit 25')
    program(tmp_path, "patchelf", "exit 0")
    done = newest_python(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("tools/newest-python: mmdebstrap ended with 25: the mirror does not answer:")
    assert '--aptopt=Acquire::Retries "3" sid' in last
