"""Which OpenStack a command asks, and where a path in the settings starts."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

import commands.__main__ as program
from commands.cloud_arguments import add_cloud, cloud_of
from commands.project import enter_project
from tests.unit.components.graph import settings

OWN = settings(openstack={"cloud": "prod", "clouds_file": "clouds.yaml", "region": "r1", "interface": "internal"})


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_cloud(parser)
    return parser.parse_args(given)


def test_without_a_name_there_is_no_cloud() -> None:
    assert cloud_of(arguments(), None) is None
    assert cloud_of(arguments(), settings()) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), ("prod", "clouds.yaml", "r1", "internal")),
        (("--cloud", "prod"), ("prod", "clouds.yaml", "r1", "internal")),
        (("--cloud", "other"), ("other", "clouds.yaml", "", "")),
        (("--clouds-file", "/etc/clouds.yaml"), ("prod", "/etc/clouds.yaml", "r1", "internal")),
    ],
)
def test_arguments_go_before_settings(given: tuple[str, ...], expected: tuple[str, ...]) -> None:
    found = cloud_of(arguments(*given), OWN)
    assert found is not None
    assert (found.name, found.file, found.region, found.interface) == expected


def test_a_command_works_in_the_project_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path starts in the project's folder in the settings, and in the shell's folder on the command line."""
    project, here = tmp_path / "project", tmp_path / "here"
    project.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    given = program.parser().parse_args(
        ["verify", "--stack", "s", "--project", str(project), "--clouds-file", "clouds.yaml"]
    )
    enter_project(given.project)
    assert Path.cwd() == project
    assert given.clouds_file == str(here / "clouds.yaml")


def test_a_project_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert program.main(["verify", "--stack", "s", "--project", nowhere]) == 1
    assert capsys.readouterr().err.startswith(f"error: --project {nowhere}: No such file or directory; ")
