"""Each guide gets a new lab, wires the lab, and has a guest that writes; the next guide begins with a new lab."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from openstack.connection import Connection

from tests.guides import guest, guide_000, guide_001, guide_002, guide_003, guide_004, operator
from tests.guides.guest import Guest
from tests.guides.guide import Guide
from tests.guides.takeover import Takeover
from tests.live import lab
from tests.proof import cloud
from tests.proof.world import World

GUIDES: dict[str, Guide] = {
    room.GUIDE.number: room.GUIDE for room in (guide_000, guide_001, guide_002, guide_003, guide_004)
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.guides)
            item.add_marker(pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"))


@pytest.fixture(scope="module", params=list(GUIDES))
def guide(request: pytest.FixtureRequest) -> Guide:
    number: str = request.param
    return GUIDES[number]


@pytest.fixture(scope="module")
def unwired(guide: Guide) -> None:
    """A lab that nothing has touched: also what a killed run has left wired is gone."""
    if lab.USED.exists():
        subprocess.run([lab.PROGRAM, "down"], stdin=subprocess.DEVNULL, check=True)
    subprocess.run([lab.PROGRAM, "up"], stdin=subprocess.DEVNULL, check=True)
    lab.USED.touch()


@pytest.fixture(scope="module")
def wired(unwired: None, guide: Guide) -> None:
    """The lab as the guide leaves it."""
    operator.follow(guide)


@pytest.fixture(scope="module")
def guest_disk() -> Path:
    done = subprocess.run(
        [lab.PROGRAM, "guest"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
    )
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def user(wired: None) -> Connection:
    return cloud.connect("lab")


@pytest.fixture(scope="module")
def admin(wired: None) -> Connection:
    return cloud.connect("lab-admin")


@pytest.fixture(scope="module")
def running(
    user: Connection, admin: Connection, guide: Guide, guest_disk: Path, tmp_path_factory: pytest.TempPathFactory
) -> Guest:
    """The guest that writes all the time."""
    return guest.start(user, admin, guide, guest_disk, tmp_path_factory.mktemp("guest"))


@pytest.fixture(scope="module")
def stack(unwired: None, tmp_path_factory: pytest.TempPathFactory) -> Takeover:
    return Takeover(tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="module")
def world(guide: Guide) -> World:
    """What the steps of a guide's story hand on to one another."""
    return World()
