"""The committed tables say what the releases on PyPI declare: each release runs its own `list_opts` here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.declared
@pytest.mark.timeout(3600)  # the first run fetches three environments and 80 programs
def test_the_tables_are_what_the_releases_declare() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.declared", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), f"run `python -m tools.declared`; {done.stderr}"
