"""The folders that guests write to, and the rules about them: as declared, and as their own readers see the rules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.stack.wire import wire
from providers.models import DirectoryDesired, FileLinesDesired
from tests.unit.components.graph import settings

SOCKET = {"admin socket": "/var/run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok"}
LOG = {"log file": "/var/log/ceph-guests/$name.$pid.log"}
PROGRAMS = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


def declared(**changes: Any) -> dict[str, DirectoryDesired | FileLinesDesired]:
    nodes = wire(settings(**changes), "test").nodes
    kinds = (DirectoryDesired, FileLinesDesired)
    found = {name: node.model for name, node in nodes.items() if isinstance(node.model, kinds)}
    return {name: model for name, model in found.items() if not name.startswith("ceph-directory")}


def test_a_folder_below_run_is_made_now_and_at_each_boot() -> None:
    found = declared(nova__client_options={**SOCKET, **LOG})
    folder, rules = found["guest-socket-directory-compute1"], found["guest-tmpfiles-compute1"]
    assert isinstance(folder, DirectoryDesired)
    assert isinstance(rules, FileLinesDesired)
    assert (folder.path, folder.owner, folder.group, folder.mode) == ("/run/ceph-guests", "libvirt-qemu", "kvm", "0770")
    assert rules.path == "/etc/tmpfiles.d/ceph-guests.conf"
    assert rules.lines == ["d /run/ceph-guests 0770 libvirt-qemu kvm -"]


def test_a_folder_on_disk_needs_no_boot() -> None:
    found = declared(nova__client_options=LOG)
    assert sorted(found) == ["guest-log-directory-compute1", "guest-log-directory-compute2"]


def test_red_hat_s_qemu_has_other_names() -> None:
    (rules,) = [
        one
        for one in declared(nova__client_options=SOCKET, platform="rhel", nova__hosts=["compute1"]).values()
        if isinstance(one, FileLinesDesired)
    ]
    assert rules.lines == ["d /run/ceph-guests 0770 qemu qemu -"]


def test_rules_of_apparmor_are_written_when_asked_for_and_after_their_folder() -> None:
    path = "/etc/apparmor.d/abstractions/libvirt-qemu.d/ceph"
    changes: dict[str, Any] = {"nova__client_options": {**SOCKET, **LOG}}
    assert not any("apparmor" in name for name in declared(**changes))
    graph = wire(settings(**changes, nova__apparmor_file=path), "test")
    rules = graph.nodes["guest-apparmor-compute1"]
    assert isinstance(rules.model, FileLinesDesired)
    assert (rules.model.path, rules.model.lines) == (
        path,
        ['  "/run/ceph-guests/*" rw,', '  "/var/log/ceph-guests/*" rw,'],
    )
    assert rules.needs == {"apparmor-directory-compute1"}
    folder = graph.nodes["apparmor-directory-compute1"].model
    assert isinstance(folder, DirectoryDesired)
    assert (folder.path, folder.owner, folder.mode) == ("/etc/apparmor.d/abstractions/libvirt-qemu.d", "root", "0755")


def lines_of(name: str) -> str:
    model = declared(
        nova__client_options={**SOCKET, **LOG}, nova__apparmor_file="/etc/apparmor.d/local/abstractions/libvirt-qemu"
    )[name]
    assert isinstance(model, FileLinesDesired)
    return "".join(f"{line}\n" for line in model.lines)


def parsed(folder: Path, rules: str) -> int:
    """Return the exit status of AppArmor's own parser, which loads nothing into the kernel here."""
    (folder / "rules").write_text(rules)
    (folder / "profile").write_text(f'profile guest {{\n  include "{folder}/rules"\n}}\n')
    parser = shutil.which("apparmor_parser", path=PROGRAMS)
    if parser is None:
        pytest.skip("no apparmor_parser on this machine: `apt-get install apparmor`")
    argv = [parser, "--skip-kernel-load", "--skip-cache", str(folder / "profile")]
    return subprocess.run(argv, capture_output=True, check=False).returncode


def test_apparmor_s_parser_takes_the_rules(tmp_path: Path) -> None:
    rules = lines_of("guest-apparmor-compute1")
    assert parsed(tmp_path, rules) == 0
    assert parsed(tmp_path, rules.replace("rw,", "rw")) != 0, "the parser looks at the rules"


def test_systemd_makes_the_folder_of_the_rules(tmp_path: Path) -> None:
    tmpfiles = shutil.which("systemd-tmpfiles", path=PROGRAMS)
    if tmpfiles is None or os.geteuid() != 0:
        pytest.skip("needs systemd-tmpfiles, and root")
    rules = re.sub("libvirt-qemu kvm", "daemon daemon", lines_of("guest-tmpfiles-compute1"))
    for folder in ("run", "etc/tmpfiles.d"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("passwd", "group"):
        shutil.copy(f"/etc/{file}", tmp_path / "etc")
    (tmp_path / "etc/tmpfiles.d/ceph-guests.conf").write_text(rules)
    subprocess.run([tmpfiles, "--create", f"--root={tmp_path}"], check=True, capture_output=True)
    made = tmp_path / "run/ceph-guests"
    assert (made.owner(), made.group(), made.stat().st_mode & 0o7777) == ("daemon", "daemon", 0o770)
