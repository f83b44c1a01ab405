"""Each verb is a folder of its own, and the list of verbs is the only place that knows them all."""

from __future__ import annotations

import pytest

from commands.__main__ import COMMANDS, parser
from tests.unit.test_boundaries import ROOT, imports

FOLDERS = sorted(file.parent.name for file in ROOT.glob("commands/*/__init__.py"))


def imported(folder: str) -> set[str]:
    """Return what the files of a folder of this project import, by full names."""
    return {
        target
        for file in ROOT.glob(f"{folder}/**/*.py")
        for target, _ in imports(".".join(file.relative_to(ROOT).with_suffix("").parts), file)
    }


def test_every_folder_is_a_verb() -> None:
    assert sorted(COMMANDS) == FOLDERS


@pytest.mark.parametrize("verb", FOLDERS)
def test_no_verb_imports_another(verb: str) -> None:
    others = tuple(f"commands.{other}." for other in FOLDERS if other != verb)
    assert {name for name in imported(f"commands/{verb}") if f"{name}.".startswith(others)} == set()


@pytest.mark.parametrize("folder", ["components", "providers", "bench", "lab"])
def test_the_program_does_not_import_the_verbs(folder: str) -> None:
    verbs = tuple(f"commands.{verb}." for verb in FOLDERS)
    assert {name for name in imported(folder) if f"{name}.".startswith(verbs)} == set()


def test_the_list_of_commands_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    shown = capsys.readouterr().out
    assert all(f"    {name}" in shown and command.HELP.split()[0] in shown for name, command in COMMANDS.items())
