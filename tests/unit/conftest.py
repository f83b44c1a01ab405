"""The simulated site, for every unit test that asks for a site."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from providers.reach import machines as current_machines
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from tests.sim.site import Site
from tests.unit.prepared import Prepared

MEMORY = Path("/dev/shm")

# How long an example takes says how busy the machine is.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let reports tell which tests `make unit-newest` may leave out (tools/tests-left-out)."""
    for item in items:
        if item.get_closest_marker("same_on_every_python"):
            item.user_properties.append(("same_on_every_python", "yes"))


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    """Fail a test that leaves the working directory elsewhere, because a later test starts programs from there."""
    before = Path.cwd()
    yield
    after = Path.cwd()
    os.chdir(before)
    assert after == before, "the test left its process in another folder: use monkeypatch.chdir"


@pytest.fixture(scope="session")
def agent() -> Iterator[LocalHost]:
    """One real agent, over a pipe."""
    if os.geteuid() != 0:
        pytest.skip("files are given owners here, as the agent does under sudo: run as root")
    host = LocalHost(HostAccess("local", "local", sudo=False, python=sys.executable))
    yield host
    host.close()


@pytest.fixture
def sites(agent: LocalHost) -> Iterator[Callable[[], Site]]:
    """Make a site at each call, in memory where possible, because the agent syncs every file to the disk."""
    folder = _in_memory("site-")
    numbers = itertools.count(1)
    yield lambda: Site(folder / str(next(numbers)), agent)
    current_machines.replace_current(None)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def prepared(agent: LocalHost) -> Iterator[Prepared]:
    """Sites that are made once, and of which each test gets a copy."""
    folder = _in_memory("prepared-")
    yield Prepared(folder, agent)
    current_machines.replace_current(None)
    shutil.rmtree(folder)


def _in_memory(prefix: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if MEMORY.is_dir() else None))


@pytest.fixture
def site(sites: Callable[[], Site]) -> Site:
    """Hosts with an empty /etc/ceph, a cluster with its admin only."""
    return sites()


@pytest.fixture
def memory(agent: LocalHost, tmp_path: Path) -> Iterator[Path]:
    """Return a folder, in memory where possible, because an agent syncs every file to the disk."""
    folder = Path(tempfile.mkdtemp(prefix="memory-", dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)
