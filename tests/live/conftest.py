"""Every test here needs the lab, which is started unless the lab is up; without a lab the tests fail, never skip."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import lab
from tests.live.stack import Stack, dev_settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session", autouse=True)
def lab_is_up() -> Iterator[None]:
    """Start the lab, and let the proof go on with an unused lab that is as before in the end."""
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)
    before = lab.everything() if os.environ.get("LAB_UNUSED") else None
    yield
    if before is not None and lab.everything() == before:
        lab.USED.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with the settings of Pulumi.dev.yaml, not yet applied; what a test leaves is destroyed."""
    made = Stack(tmp_path_factory.mktemp("stack"))
    yield made
    for attempt in range(2):
        if not made.resources():
            break
        made.settings = dev_settings()
        made.write()
        if made.destroy().status != 0 and attempt == 0:
            made.up()


@pytest.fixture(scope="module")
def wired(stack: Stack) -> Stack:
    """The same stack, applied."""
    stack.up().ok()
    return stack
