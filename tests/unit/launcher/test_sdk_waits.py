"""The program's waiting grows with the number of resources, under the real engine and with each SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.stack.sdk_waits import SWITCH
from tests.unit import sdks
from tests.unit.launcher.test_engine import SETTINGS, Project

COUNTING = f"""
import asyncio, atexit, json
from pathlib import Path
from pulumi.runtime.settings import get_engine

waited, debugged = [], []
wait, engine = asyncio.wait, get_engine()
log = engine.Log

def counted(outputs, **how):
    waited.append(len(outputs))
    return wait(outputs, **how)

def told(request, *more):
    if request.severity == 0:
        debugged.append(request.message)
    return log(request, *more)

asyncio.wait, engine.Log = counted, told
atexit.register(lambda: Path("counts").write_text(json.dumps([sum(waited), len(debugged)])))
exec(compile(Path({str(sdks.CHECKOUT / "__main__.py")!r}).read_text(), "__main__.py", "exec"))
"""


def counts(folder: Path, sdk: str, computes: int, program: str = COUNTING) -> tuple[int, int]:
    """Return how many outputs were waited for in all rounds of a preview, and how many debugging messages were sent."""
    folder.mkdir()
    names = [f"compute{number}" for number in range(computes)]
    settings: dict[str, Any] = {
        **SETTINGS,
        "hosts": {**SETTINGS["hosts"], **{name: {"address": "127.0.0.1"} for name in names}},
        "nova": {"hosts": names, "pool": {"name": "vms"}, "user": {"name": "nova"}},
    }
    project = Project(folder, settings=settings)
    (folder / "__main__.py").unlink()
    (folder / "__main__.py").write_text(program)
    project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment(sdk))
    assert project.pulumi("stack", "init").returncode == 0
    done = project.pulumi("preview")
    assert done.returncode == 0, done.stdout
    assert "to create" in done.stdout
    waited, debugged = json.loads((folder / "counts").read_text())
    return waited, debugged


@pytest.mark.parametrize("sdk", sdks.SDKS)
def test_four_times_the_hosts_are_four_times_the_waiting(sdk: str, tmp_path: Path) -> None:
    (few, _), (many, debugged) = (counts(tmp_path / str(hosts), sdk, hosts) for hosts in (10, 40))
    assert few > 100, "the waiting was not seen"
    assert many / few < 4.5
    assert debugged == 0


def test_without_it_the_sdk_asks_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once this test fails, upstream has mended its waiting or its messages, and that part of sdk_waits.py can go."""
    monkeypatch.setenv(SWITCH, "1")
    with_it, _ = counts(tmp_path / "with", "newest", 40)
    program = COUNTING.replace("exec(compile(", "import components.stack.sdk_waits as waits\n"
                               "waits.wait_for_all_outputs_at_once = lambda: None\nexec(compile(")  # fmt: skip
    without, debugged = counts(tmp_path / "without", "newest", 40, program)
    assert without > 3 * with_it
    assert debugged > 300
