"""The proof needs the lab and a stack of its own; the seconds of each step are printed at the end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection

from tests.live import lab
from tests.live.stack import Stack, dev_settings
from tests.proof import cloud
from tests.proof.steps import delete_everything


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            if not item.get_closest_marker("migration"):
                item.add_marker(pytest.mark.proof)
            item.add_marker(pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"))


_TIMES: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.nodeid.startswith("tests/proof/"):
        name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        _TIMES[name] = _TIMES.get(name, 0.0) + report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _TIMES:
        return
    terminalreporter.section("steps of the proof")
    for name, seconds in _TIMES.items():
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
    terminalreporter.write_line(f"{sum(_TIMES.values()):7.1f} s  in all")


@pytest.fixture(scope="session", autouse=True)
def lab_is_up() -> None:
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="session")
def guest_disk() -> Path:
    done = subprocess.run(
        [lab.PROGRAM, "guest"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def user() -> Connection:
    return cloud.connect("lab")


@pytest.fixture(scope="session")
def admin() -> Connection:
    return cloud.connect("lab-admin")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, admin: Connection, user: Connection) -> Iterator[Stack]:
    """A stack with the settings of Pulumi.dev.yaml, not yet applied; stack and data are removed afterwards."""
    made = Stack(tmp_path_factory.mktemp("stack"))
    yield made
    if made.resources():
        delete_everything(admin, user)
        made.settings = dev_settings()
        made.write()
        made.destroy().ok()
