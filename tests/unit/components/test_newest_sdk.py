"""The newest SDK tells the engine the same as the SDK of the lock file."""

from __future__ import annotations

import subprocess

from tests.unit import sdks

PROGRAM = """
from tests.golden import store
from tests.golden.variants import variants

for name in ("dev", "whole"):
    assert store.declared(variants()[name]) == store.read(name), name
"""


def test_what_is_declared_is_golden_with_the_newest_sdk() -> None:
    python = sdks.environment("newest") / "bin" / "python"
    done = subprocess.run([python, "-c", PROGRAM], cwd=sdks.CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
