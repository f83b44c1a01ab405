"""The file that discover writes: comments in place, no key, and never over what somebody edited."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from commands.discover.openstack_release import known_release, release_of
from commands.discover.output_file import write_output
from commands.discover.proposal import Proposal
from components.settings.releases import RELEASES
from providers.errors import Refused
from tests.sim.ceph import cephx_key
from tests.unit.sdks import CHECKOUT

TEXT = "config:\n  a: 1\n"


def test_a_file_is_written_behind_its_digest(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    write_output(file, TEXT)
    editors, first, rest = file.read_text().split("\n", maxsplit=2)
    assert first.startswith("# Written by discover; its digest is ")
    assert rest == TEXT
    schema = editors.removeprefix("# yaml-language-server: $schema=")
    assert not Path(schema).is_absolute()
    assert (tmp_path / schema).resolve() == Path(__file__).resolve().parents[3] / "schema" / "stack.json"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_file_that_nobody_edited_is_written_again(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    write_output(file, TEXT)
    write_output(file, "config: {}\n")
    assert file.read_text().endswith("config: {}\n")


SALT = "encryptionsalt: v1:abc=:v1:def:ghi==\n"


def test_another_place_of_the_schema_is_no_edit(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    write_output(file, TEXT)
    file.write_text("# yaml-language-server: $schema=vendor/x.json\n" + file.read_text().partition("\n")[2])
    write_output(file, "config: {}\n")
    assert file.read_text().endswith("config: {}\n")


def test_what_pulumi_itself_wrote_is_no_edit_and_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(SALT)
    write_output(file, TEXT)
    assert yaml.safe_load(file.read_text()) == {"config": {"a": 1}, "encryptionsalt": "v1:abc=:v1:def:ghi=="}
    write_output(file, "config: {}\n")
    assert file.read_text().endswith(f"config: {{}}\n{SALT}")
    file.write_text(SALT + file.read_text().replace(SALT, ""))
    write_output(file, TEXT)
    assert file.read_text().endswith(f"{TEXT}{SALT}")


@pytest.mark.parametrize("content", [TEXT, f"{SALT}{TEXT}", "# Written by discover; its digest is 00\n" + TEXT])
def test_a_file_of_somebody_else_is_left(tmp_path: Path, content: str) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(content)
    with pytest.raises(Refused, match="exists, and is not as discover left it"):
        write_output(file, TEXT)
    assert file.read_text() == content


def test_an_edited_file_is_left(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    write_output(file, TEXT)
    edited = file.read_text().replace("a: 1", "a: 2")
    file.write_text(edited)
    with pytest.raises(Refused, match="exists, and is not as discover left it"):
        write_output(file, TEXT)
    assert file.read_text() == edited


def test_a_link_and_a_folder_are_left(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("link", "."):
        with pytest.raises(Refused, match="is no plain file"):
            write_output(tmp_path / name, TEXT)
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Refused, match="cannot be written: No space left on device"):
        write_output(tmp_path / "Pulumi.prod.yaml", TEXT)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        write_output(tmp_path / "nowhere" / "Pulumi.prod.yaml", TEXT)


def test_a_comment_stands_above_its_setting() -> None:
    proposal = Proposal()
    proposal.set("zed", "release")
    proposal.set("images", "glance", "pool", "name")
    proposal.add("[a] b", "glance", "unmanaged_options")
    proposal.note("the release", "release")
    proposal.note("the pool", "glance", "pool")
    proposal.note("the line", "glance", "unmanaged_options", "[a] b")
    proposal.note("the user, which is not set", "glance", "user", "name")
    proposal.note("the whole")
    assert proposal.text() == (
        "# the whole\nconfig:\n  # the release\n  ceph-openstack:release: zed\n"
        "  # the user, which is not set\n  ceph-openstack:glance:\n    # the pool\n    pool:\n      name: images\n"
        "    unmanaged_options:\n      # the line\n      - '[a] b'\n"
    )


def test_what_the_real_cli_makes_of_a_boolean_is_no_edit(tmp_path: Path) -> None:
    """`pulumi stack init` adds the salt, and writes `adopt: true` anew as a text."""
    proposal, file = Proposal(), tmp_path / "Pulumi.prod.yaml"
    proposal.set(True, "adopt")
    proposal.set(True, "glance", "show_image_direct_url")
    assert "  ceph-openstack:adopt: true\n" in proposal.text()
    write_output(file, proposal.text())
    (tmp_path / "Pulumi.yaml").write_text("name: ceph-openstack\nruntime: python\n")
    subprocess.run(
        [CHECKOUT / "tools" / "run", "pulumi", "stack", "init", "prod"],
        cwd=tmp_path,
        env={**os.environ, "CEPH_OPENSTACK_STATE": str(tmp_path / "state")},
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert '  ceph-openstack:adopt: "true"\n' in file.read_text()
    write_output(file, proposal.text())
    assert "  ceph-openstack:adopt: true\n" in file.read_text()
    assert "encryptionsalt: v1:" in file.read_text()
    file.write_text(file.read_text().replace("adopt: true", "adopt: false"))
    with pytest.raises(Refused, match="is not as discover left it"):
        write_output(file, proposal.text())


def test_values_that_yaml_reads_otherwise_stay_text() -> None:
    proposal = Proposal()
    for name, value in {"a": "2025.1", "b": "0644", "c": "true", "d": "[x", "e": "a: b # c", "f": "", "g": "é"}.items():
        proposal.set(value, name)
    read = yaml.safe_load(proposal.text())["config"]
    assert list(read.values()) == ["2025.1", "0644", "true", "[x", "a: b # c", "", "é"]


def test_neither_comments_nor_values_show_a_key() -> None:
    key, proposal = cephx_key(1), Proposal()
    proposal.set(key, "a", "b")
    proposal.note(f"found {key} there", "a")
    proposal.note(f"found {key}")
    assert key not in proposal.text()


def test_a_long_comment_is_broken_and_stays_a_comment() -> None:
    proposal = Proposal()
    proposal.set("zed", "release")
    proposal.note("word " * 60 + "\nconfig: {}", "release")
    text = proposal.text()
    assert max(map(len, text.splitlines())) <= 120
    assert yaml.safe_load(text) == {"config": {"ceph-openstack:release": "zed"}}


@pytest.mark.parametrize(
    ("versions", "release"),
    [
        ({"python3-nova": "2:26.2.2-1~deb12u3"}, "zed"),
        ({"python3-glance": "2:30.0.0-1"}, "2025.1"),
        ({"python3-cinder": "28.0.0-1.el9"}, "2026.1"),
        ({"python3-nova": "3:20.4.1-0ubuntu1"}, "train"),
        ({"python3-nova": "1:2015.1.4-0ubuntu2"}, "kilo"),
        ({"python3-nova": "7.0.0"}, ""),
        ({"python3-nova": "99.0.0"}, ""),
        ({"python3-nova": "unknown"}, ""),
        ({}, ""),
    ],
)
def test_a_release_is_told_by_the_version_of_a_package(versions: dict[str, str], release: str) -> None:
    assert release_of(versions) == release


def test_every_release_that_options_are_written_for_is_known_by_its_packages() -> None:
    of_years = [release_of({"python3-nova": version}) for version in ("2013.2", "2014.1.5", "2014.2", "2015.1.0")]
    found = [release_of({"python3-nova": f"{number}.0.0"}) for number in range(12, 35)]
    assert [*of_years, *found] == list(RELEASES)
    assert known_release("") == "zed"
