"""One node runs the releases one after the other: the one that LAB_RELEASE names, or all of them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection

from lab.nodes import RELEASE
from lab.releases import RELEASES
from tests.live import lab
from tests.live.stack import Stack, dev_settings
from tests.proof import steps
from tests.releases import cloud

ONE = {"size": 1, "min_size": 1}
POOLS = ("release-images", "release-volumes", "release-backups")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.releases)
            item.add_marker(pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"))


def chosen() -> list[str]:
    name = os.environ.get("LAB_RELEASE", "")
    if name and name not in RELEASES:
        raise pytest.UsageError(f"LAB_RELEASE={name}: the lab has {', '.join(RELEASES)}; without LAB_RELEASE all run")
    return [name] if name else list(RELEASES)


_TIMES: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.nodeid.startswith("tests/releases/") and report.when == "call":
        name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        _TIMES[name] = report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _TIMES:
        return
    terminalreporter.section("steps of the releases")
    for name, seconds in _TIMES.items():
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
    for release in RELEASES:
        if its := [seconds for name, seconds in _TIMES.items() if f"[{release}" in name]:
            terminalreporter.write_line(f"{sum(its):7.1f} s  {release} in all")


@pytest.fixture(scope="session", autouse=True)
def lab_is_up() -> None:
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="session", params=chosen())
def release(request: pytest.FixtureRequest, lab_is_up: None) -> Iterator[str]:
    """The release's node is up, with nothing of an earlier release; the node is removed afterwards."""
    name: str = request.param
    began = time.monotonic()
    subprocess.run([lab.PROGRAM, "release", "none"], stdin=subprocess.DEVNULL, check=True)
    subprocess.run([lab.PROGRAM, "release", name], stdin=subprocess.DEVNULL, check=True)
    _TIMES[f"its node starts[{name}]"] = time.monotonic() - began
    yield name
    subprocess.run([lab.PROGRAM, "release", "none"], stdin=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="session")
def user(release: str) -> Connection:
    return cloud.connect()


@pytest.fixture(scope="session")
def stack(release: str, user: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack for the release's node, not yet applied; stack and data are removed afterwards."""
    made = Stack(tmp_path_factory.mktemp("stack"), name="release")
    images, volumes, backups = ({"name": pool, **ONE} for pool in POOLS)
    hosts = [RELEASE.name]
    shared = dev_settings()
    made.settings = {
        "release": release,
        "ssh": shared["ssh"],
        "hosts": {"ceph1": shared["hosts"]["ceph1"], RELEASE.name: {"address": RELEASE.address}},
        "cluster": shared["cluster"],
        "glance": {
            "hosts": hosts,
            "pool": images,
            "user": {"name": "release-glance"},
            "show_image_direct_url": True,
        },
        "cinder": {"hosts": hosts, "pool": volumes, "user": {"name": "release-cinder"}},
        "cinder_backup": {"hosts": hosts, "pool": backups, "user": {"name": "release-backup"}},
    }
    made.write()
    settings = dict(made.settings)
    yield made
    if made.resources():
        steps.delete_data(user, user)
        made.settings = settings
        made.write()
        made.destroy().ok()
