"""The lab of the world that `LAB_WORLD` names, and a stack of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import lab
from tests.live.stack import Stack, dev_settings

OF_ONE_WORLD = {"mixed": "test_mixed.py"}
"""World to the file of tests that no other world can run. CI takes a skipped test of the lab for a failure."""

collect_ignore = [file for name, file in OF_ONE_WORLD.items() if os.environ.get("LAB_WORLD") != name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.worlds)


@pytest.fixture(scope="session", autouse=True)
def lab_is_up() -> None:
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with the settings of Pulumi.dev.yaml and the world's release; what a test leaves is destroyed."""
    made = Stack(tmp_path_factory.mktemp("stack"))
    yield made
    if made.resources():
        made.settings = dev_settings()
        made.write()
        made.up("--refresh")
        made.destroy().ok()
