"""A stack leaves a host by its journal alone: a real agent, folders of the test's own."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.undo.carrying_out import carry_out
from commands.undo.planning import plan_on_host
from providers.reach import machines as current_machines
from providers.reach.access import AccessSettings
from providers.reach.machines import Machines
from providers.resources import CephConfProvider, ConfigSectionsProvider, HostDirectoryProvider
from tests.unit.reach.conftest import local_access

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
BEFORE = "[DEFAULT]\n# ours to keep\nenabled_backends = nfs\n\n[nfs]\nvolume_driver = x\n"


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    # On a host the journal belongs to root, here to the user who runs the tests.
    monkeypatch.setattr("providers.journal.host_journal.FOLDER", str(tmp_path / "journal"))
    made = Machines(AccessSettings(hosts={"here": local_access()}))
    current_machines.replace_current(made)
    yield made
    current_machines.replace_current(None)
    made.close()


def wire(tmp_path: Path) -> Path:
    """Let a stack change three things under `etc`, and return that folder."""
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "cinder.conf").write_text(BEFORE)
    here: dict[str, Any] = {"stack": "lost", "host": "here"}
    me = {"owner": pwd.getpwuid(os.getuid()).pw_name, "group": grp.getgrgid(os.getgid()).gr_name}
    HostDirectoryProvider().create({**here, "path": str(etc / "ceph"), "mode": "0755", **me})
    on_cluster = {**here, "fsid": FSID}
    global_section = {"global": {"fsid": FSID}}
    CephConfProvider().create(
        {**on_cluster, "component": "client", "path": str(etc / "ceph" / "ceph.conf"), "sections": global_section}
    )
    ConfigSectionsProvider().create(
        {
            **on_cluster,
            "component": "cinder",
            "path": str(etc / "cinder.conf"),
            "sections": {"ceph": {"rbd_pool": "volumes"}},
            "list_items": {"DEFAULT": {"enabled_backends": ["ceph"]}},
        }
    )
    assert "rbd_pool = volumes" in (etc / "cinder.conf").read_text()
    return etc


needs_root = pytest.mark.skipif(os.getuid() != 0, reason="the journal is written for root")


@needs_root
def test_the_listing_changes_nothing_and_names_every_step(tmp_path: Path, machines: Machines) -> None:
    etc = wire(tmp_path)
    changed = (etc / "cinder.conf").read_text()
    said: list[str] = []
    assert carry_out(plan_on_host("lost", "here", machines), said.append, really=False) == 0
    assert [line.split()[0] for line in said if line.startswith("  ") and line[2] != " "] == [
        "config",
        "cephconf",
        "directory",
    ]
    assert f"    write {etc}/cinder.conf" in said
    assert f"    rm {etc}/ceph/ceph.conf" in said
    assert said[-1] == "nothing was changed: this only lists; --really undoes all 3"
    assert (etc / "cinder.conf").read_text() == changed


@needs_root
def test_really_puts_back_every_byte_and_leaves_no_journal(tmp_path: Path, machines: Machines) -> None:
    etc = wire(tmp_path)
    said: list[str] = []
    assert carry_out(plan_on_host("lost", "here", machines), said.append, really=True) == 0
    assert said[-1] == "3 undone"
    assert (etc / "cinder.conf").read_text() == BEFORE
    assert sorted(path.name for path in etc.iterdir()) == ["cinder.conf"]
    assert not (tmp_path / "journal").exists()
    assert plan_on_host("lost", "here", machines) == []


@needs_root
def test_another_stack_on_the_same_file_stays(tmp_path: Path, machines: Machines) -> None:
    etc = wire(tmp_path)
    other = {"stack": "other", "host": "here", "fsid": FSID, "component": "backup", "path": str(etc / "cinder.conf")}
    ConfigSectionsProvider().create({**other, "sections": {"DEFAULT": {"backup_ceph_pool": "backups"}}})
    assert carry_out(plan_on_host("lost", "here", machines), lambda _: None, really=True) == 0
    text = (etc / "cinder.conf").read_text()
    assert "backup_ceph_pool = backups" in text
    assert "rbd_pool" not in text
    assert "enabled_backends = nfs\n" in text
