"""Where a command finds the settings, and where their paths start: as Pulumi does."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.project import enter_project
from providers.errors import Refused


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_without_a_project_is_taken_as_it_is(here: Path) -> None:
    (here / "prod").mkdir()
    assert enter_project(Path("prod")) == here / "prod"
    assert Path.cwd() == here / "prod"


def test_the_project_is_here_or_above(here: Path) -> None:
    (here / "Pulumi.yaml").write_text("name: ceph-openstack\n")
    (here / "docs" / "deep").mkdir(parents=True)
    assert enter_project(Path("docs/deep")) == here
    assert Path.cwd() == here


def test_settings_may_lie_in_a_folder_of_their_own_and_paths_start_in_the_programs(here: Path) -> None:
    (here / "Pulumi.yaml").write_text("name: ceph-openstack\nmain: tool\nstackConfigDir: stacks\n")
    (here / "tool").mkdir()
    assert enter_project(Path()) == here / "stacks"
    assert Path.cwd() == here / "tool"


def test_main_may_name_a_file(here: Path) -> None:
    (here / "Pulumi.yaml").write_text("name: ceph-openstack\nmain: tool/__main__.py\n")
    (here / "tool").mkdir()
    (here / "tool" / "__main__.py").touch()
    assert enter_project(Path()) == here
    assert Path.cwd() == here / "tool"


@pytest.mark.parametrize(
    ("text", "said"),
    [("main: nowhere\n", "nowhere: No such file or directory; name the project's folder"), ("a: [", "cannot be read")],
)
def test_what_is_wrong_is_told_in_one_line(here: Path, text: str, said: str) -> None:
    (here / "Pulumi.yaml").write_text(text)
    with pytest.raises(Refused, match=said) as refused:
        enter_project(Path())
    assert "\n" not in str(refused.value)
