"""A real agent of this machine, in a folder of the test's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.reach.agent_host import AgentHost
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost


def local_access(python: str = sys.executable, **words: object) -> HostAccess:
    return HostAccess.from_dict("here", {"address": "local", "sudo": False, "python": python, **words})


def process_of(host: AgentHost) -> int:
    """Return the agent's process number."""
    assert host._hello is not None
    return host._hello.process[0]


@pytest.fixture
def agent() -> Iterator[LocalHost]:
    host = LocalHost(local_access())
    yield host
    host.close()


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    """A Python whose site-packages are the folder `modules`: what is written there passes for rados, rbd or libvirt."""
    root = tmp_path / "venv"
    (root / "bin").mkdir(parents=True)
    python = Path(sys.executable).resolve()
    (root / "bin" / "python3").symlink_to(python)
    (root / "pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n")
    modules = root / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    modules.mkdir(parents=True)
    return modules


@pytest.fixture
def faked(fakes: Path) -> Iterator[LocalHost]:
    """An agent that imports what the test wrote into `fakes`, once the first call starts it."""
    host = LocalHost(local_access(str(fakes.parents[2] / "bin" / "python3")))
    yield host
    host.close()
