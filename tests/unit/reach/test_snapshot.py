"""A reading of several files is one moment, and a plan from a reading is carried out only while the reading is true."""

from __future__ import annotations

import grp
import json
import os
import pwd
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from providers.errors import Changed, StepFailed
from providers.reach import bundle
from providers.reach.local import LocalHost
from providers.reach.snapshot import Snapshot, snapshot_of
from providers.reach.steps import HostStep, PutFile, Run

from .conftest import local_access

ME, MINE = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name


def no_key(entity: str) -> str:
    raise AssertionError(f"nobody asked for the key of {entity}")


@pytest.fixture
def other_agent() -> Iterator[LocalHost]:
    agent = LocalHost(local_access())
    yield agent
    agent.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for folder in ("etc", "journal"):
        (tmp_path / folder).mkdir()
    file = tmp_path / "etc" / "file"
    file.write_text("1")
    (tmp_path / "journal" / "one.json").write_text("one")
    return file


def reading(agent: LocalHost, file: Path) -> Snapshot:
    later, journal = f"{file.parent}/later.conf", f"{file.parent.parent}/journal/*.json"
    return snapshot_of(agent, str(file), others=[later], patterns=[journal])


def test_a_snapshot_has_all_that_is_there(agent: LocalHost, file: Path) -> None:
    snapshot = reading(agent, file)
    assert {Path(path).name: state.content for path, state in snapshot.files.items()} == {
        "file": "1",
        "one.json": "one",
    }
    assert str(snapshot.unchanged) == f"check that {file} and its journal are as they were read"


def rewritten(file: Path) -> None:
    file.write_text("2")


def another_mode(file: Path) -> None:
    file.chmod(0o600)


def gone(file: Path) -> None:
    file.unlink()


def appeared(file: Path) -> None:
    (file.parent / "later.conf").write_text("")


def another_entry(file: Path) -> None:
    (file.parent.parent / "journal" / "two.json").write_text("two")


def changed_entry(file: Path) -> None:
    (file.parent.parent / "journal" / "one.json").write_text("other")


def no_entry(file: Path) -> None:
    (file.parent.parent / "journal" / "one.json").unlink()


CHANGES = [
    (rewritten, "etc/file"),
    (another_mode, "etc/file"),
    (gone, "etc/file"),
    (appeared, "etc/later.conf"),
    (another_entry, "journal/two.json"),
    (changed_entry, "journal/one.json"),
    (no_entry, "journal/one.json"),
]


@pytest.mark.parametrize(("change", "named"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_a_plan_from_a_reading_that_is_no_longer_true_does_nothing(
    agent: LocalHost, file: Path, change: Callable[[Path], None], named: str
) -> None:
    snapshot, new = reading(agent, file), PutFile(f"{file.parent}/new", "x")
    agent.apply([snapshot.unchanged], no_key)
    change(file)
    with pytest.raises(
        Changed, match=f"{file.parent.parent}/{named} was changed by somebody else a moment ago"
    ) as failure:
        agent.apply([snapshot.unchanged, new], no_key)
    assert failure.value.errno_name == "ESTALE"
    assert not Path(new.path).exists()
    agent.apply([reading(agent, file).unchanged, new], no_key)
    assert Path(new.path).exists()


def test_nobody_reads_and_nobody_else_writes_in_the_middle_of_a_call(
    agent: LocalHost, other_agent: LocalHost, file: Path
) -> None:
    """The reading also waits between two writes in different folders, because the call locks the file's folder."""
    entry, begun = f"{file.parent.parent}/journal/one.json", file.parent / "begun"
    stale = reading(other_agent, file)
    steps: list[HostStep] = [
        reading(agent, file).unchanged,
        PutFile(entry, "two"),
        Run(("sh", "-c", f"touch {begun}; sleep 0.3")),
        PutFile(str(file), "2"),
    ]
    work = threading.Thread(target=agent.apply, args=(steps, no_key))
    work.start()
    while not begun.exists():
        time.sleep(0.005)
    with pytest.raises(Changed):
        other_agent.apply([stale.unchanged, PutFile(str(file), "lost")], no_key)
    contents = [state.content for state in reading(other_agent, file).files.values()]
    work.join()
    assert contents == ["2", "two"]
    assert file.read_text() == "2"


def test_a_folder_that_is_not_there_has_no_lock_and_nothing_in_it(agent: LocalHost, file: Path) -> None:
    absent = file.parent / "absent" / "file"
    snapshot = snapshot_of(agent, str(absent))
    assert snapshot.files == {}
    agent.apply([snapshot.unchanged], no_key)
    absent.parent.mkdir()
    absent.write_text("")
    with pytest.raises(Changed):
        agent.apply([snapshot.unchanged], no_key)


def test_an_installed_agent_checks_only_what_it_may_read(file: Path) -> None:
    lists, script = file.parent.parent / "list.json", file.parent.parent / "agent"
    lists.write_text(json.dumps({"paths": [f"{file.parent}/*"], "programs": [], "units": []}))
    script.write_text(bundle.installed(str(lists)).replace("/usr/bin/python3", sys.executable, 1))
    script.chmod(0o755)
    agent = LocalHost(local_access(str(script)))
    agent.apply([snapshot_of(agent, str(file)).unchanged, PutFile(str(file), "2")], no_key)
    with pytest.raises(StepFailed, match="not on the list"):
        reading(agent, file)
    foreign = Snapshot({}, f"{file.parent.parent}/list.json")
    with pytest.raises(StepFailed, match="not on the list"):
        agent.apply([foreign.unchanged], no_key)
    agent.close()
