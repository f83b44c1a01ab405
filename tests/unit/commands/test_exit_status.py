"""The verdict of the commands that judge, from the command line on: no host answers, or its key file is missing."""

from __future__ import annotations

import ast
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

import commands
from commands.__main__ import main
from commands.exit_status import exit_status
from tests.unit.components.graph import raw
from tests.unit.reach.sshd import private_key

VERBS = ("drift", "lint", "verify")


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def project(folder: Path, **changes: Any) -> tuple[str, ...]:
    """Write settings of which every host is at an address where nobody listens, and return the arguments."""
    config = {f"ceph-openstack:{name}": value for name, value in raw(**changes).items()}
    (folder / "Pulumi.red.yaml").write_text(yaml.safe_dump({"config": config}))
    return "--stack", "red", "--project", str(folder)


def hosts(port: int) -> dict[str, Any]:
    return {name: {"address": "127.0.0.1", "port": port} for name in raw()["hosts"]}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Come back from the project's folder, and find no keys of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_that_reached_nobody_is_no_verdict(
    verb: str, tmp_path: Path, closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    private_key(tmp_path / "id")
    given = project(tmp_path, hosts=hosts(closed_port), ssh={"user": "deploy", "identity_file": "id"})
    assert main([verb, *given]) == 3
    shown = capsys.readouterr().out
    assert "cannot connect to deploy@127.0.0.1" in shown
    assert shown.splitlines()[-1] == "no verdict, because not everything could be looked at"


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_private_key_is_no_verdict_and_names_the_host(
    verb: str, tmp_path: Path, closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    given = project(tmp_path, hosts=hosts(closed_port), ssh={"user": "deploy", "identity_file": "gone"})
    assert main([verb, *given]) == 3
    assert "compute2 (127.0.0.1): the private key gone cannot be read: No such file" in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_that_failed_itself_ends_with_1(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--stack", "unknown", "--project", str(tmp_path)]) == 1
    assert "Pulumi.unknown.yaml: not found" in capsys.readouterr().err
    assert main([verb, *project(tmp_path, release="zedd")]) == 1
    assert 'did you mean "zed"?' in capsys.readouterr().err


def test_no_verb_computes_a_verdict_by_itself() -> None:
    """The numbers stand in one file, so that a job may rely on them for each verb."""
    for file in sorted(Path(commands.__path__[0]).rglob("*.py")):
        tree = ast.parse(file.read_text())
        numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return | ast.Assign)]
        found = [node.value for node in numbers if isinstance(node, ast.Constant) and node.value in (2, 3)]
        assert file.name == "exit_status.py" or 3 not in found, f"{file}: use commands/exit_status.py"


@pytest.mark.parametrize(
    ("found", "unseen", "seen", "status"), [(0, 0, 5, 0), (2, 0, 5, 2), (2, 1, 5, 3), (0, 1, 5, 3), (0, 0, 0, 3)]
)
def test_what_was_not_seen_outweighs_what_was_found(found: int, unseen: int, seen: int, status: int) -> None:
    assert exit_status(found=found, unseen=unseen, seen=seen) == status
