"""A copy of a site that was prepared once: as the site is, and nobody's but the test's."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from providers.reach import machines as current_machines
from tests.sim.site import Site
from tests.sim.systemd import Unit
from tests.unit.prepared import Prepared

TICK_S = 0.008
"""More than the clock by which the kernel stamps files may be behind."""
CONF, KEYRING, LINK = "/etc/cinder/cinder.conf", "/etc/ceph/ceph.client.x.keyring", "/etc/ceph/link"


def prepare(site: Site) -> None:
    host = site.hosts["api1"]
    host.systemd.add("cinder-volume.service", Unit())
    host.path(CONF).write_text("[DEFAULT]\n")
    time.sleep(TICK_S)
    host.path(LINK).symlink_to("ceph.client.x.keyring")
    time.sleep(TICK_S)
    host.path(KEYRING).write_text(f"[client.x]\n\tkey = {site.ceph.add_user('client.x', {'mon': 'profile rbd'})}\n")
    host.path(KEYRING).chmod(0o640)
    os.chown(host.path(KEYRING), 64061, 64062)


def test_a_copy_is_as_the_site_and_what_is_done_to_it_is_done_to_no_other(prepared: Prepared) -> None:
    def never(site: Site) -> None:
        pytest.fail("made twice")

    with prepared.copy("test of copies", prepare) as first:
        everything, root = first.everything(), first.root
        assert everything["files"][f"api1{KEYRING}"][:3] == ("0o100640", 64061, 64062)
        assert first.hosts["api1"].path(LINK).is_symlink()
        first.hosts["api1"].path(CONF).unlink()
        first.hosts["api1"].systemd.units["cinder-volume.service"].stop()
        first.ceph.users.clear()
    assert not root.exists()
    with prepared.copy("test of copies", never) as second:
        assert second.root != root
        assert second.everything() == everything


def test_the_run_on_a_copy_reaches_the_hosts_of_the_copy(prepared: Prepared) -> None:
    with prepared.copy("test of copies", prepare) as site:
        machines = current_machines.current()
        found = machines.host("api1").read_files([CONF])
        assert found[CONF].content == "[DEFAULT]\n"
        site.hosts["api1"].path(CONF).write_text("[other]\n")
        assert machines.host("api1").read_files([CONF])[CONF].content == "[other]\n"


def test_files_are_made_in_their_order_and_processes_are_younger_than_all_of_them(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    copy2 = shutil.copy2

    def noted(source: Path, target: Path, *, follow_symlinks: bool) -> None:
        made.append(target.name)
        copy2(source, target, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(shutil, "copy2", noted)
    with prepared.copy("test of copies", prepare) as site:
        host = site.hosts["api1"]
        assert made == [Path(path).name for path in (CONF, LINK, KEYRING)]
        started = host.systemd.units["cinder-volume.service"].started_usec
        assert started * 1000 > host.path(KEYRING).stat().st_ctime_ns
