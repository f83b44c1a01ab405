"""What `discover` asks an agent besides: files that hold keys, without their text, and the versions of packages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from providers.errors import StepFailed
from providers.reach.cluster import key_digest
from providers.reach.local import LocalHost

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="


def test_a_file_that_holds_a_key_is_told_by_the_digest_of_the_key(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "client.cinder.key").write_text(KEY)
    (tmp_path / "uuid.txt").write_text("457eb676-33da-42ec-9a8c-9293d545c337\n")
    (tmp_path / "link.key").symlink_to(tmp_path / "client.cinder.key")
    (tmp_path / "folder.key").mkdir()
    (tmp_path / "client.cinder.key").chmod(0o640)
    found = agent.key_files([f"{tmp_path}/*.key", f"{tmp_path}/*.txt", f"{tmp_path}/*cinder*"])
    assert [(file.path.rpartition("/")[2], file.mode, file.keys) for file in found] == [
        ("client.cinder.key", "0640", [key_digest(KEY)]),
        ("uuid.txt", "0644", []),
    ]
    assert KEY not in repr(found)


def test_a_huge_file_is_passed_over(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "a.key").write_text(KEY * 4000)
    assert agent.key_files([f"{tmp_path}/*"]) == []


def test_a_link_that_leads_to_itself_keeps_nobody_from_looking_at_the_others(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "a.key").symlink_to(tmp_path / "a.key")
    (tmp_path / "b.key").write_text("x")
    assert [file.path for file in agent.key_files([f"{tmp_path}/*.key"])] == [f"{tmp_path}/b.key"]


def test_packages_that_are_installed_are_told_with_their_versions(agent: LocalHost) -> None:
    bash = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Version}", "bash"], capture_output=True, text=True, check=True
    ).stdout
    assert agent.package_versions(["bash", "no-such-package-at-all"]) == {"bash": bash}


def test_what_is_no_name_of_a_package_is_refused(agent: LocalHost) -> None:
    with pytest.raises(StepFailed, match="no name of a package"):
        agent.package_versions(["--admindir=/tmp"])
