"""The agent asks admin sockets: real sockets of this process, answers as Ceph's clients give them, and hostile ones."""

from __future__ import annotations

import ast
import os
import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from commands.guests.socket_command import READING
from providers.errors import StepFailed
from providers.reach import bundle
from providers.reach.local import LocalHost
from tests.sim.admin_socket import admin_socket, in_ceph_s_form

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
ME = [os.getpid()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose name is longer than an address of a socket may be."""
    made = tmp_path / ("f" * 110)
    made.mkdir()
    monkeypatch.chdir(made)
    return made


def test_a_socket_of_the_process_is_asked_with_the_command(agent: LocalHost, folder: Path) -> None:
    heard: list[dict[str, Any]] = []

    def answers(request: dict[str, Any]) -> bytes:
        heard.append(request)
        return in_ceph_s_form({"librbd-1": {"rd": 7}})

    with admin_socket(Path("ceph-client.x.asok"), answers):
        (found,) = agent.ask_sockets(str(folder), ME, "perf dump")
        agent.ask_sockets(str(folder), ME, "config get", "rbd_cache")
    assert (found.path, found.answer, found.problem) == (f"{folder}/ceph-client.x.asok", {"librbd-1": {"rd": 7}}, "")
    assert heard == [
        {"prefix": "perf dump", "format": "json"},
        {"prefix": "config get", "format": "json", "var": "rbd_cache"},
    ]


def test_no_key_leaves_the_host(agent: LocalHost, folder: Path) -> None:
    shown = {"key": KEY, "fsid": "f", "keyring": "/etc/ceph/k"}
    differing = {"diff": {"key": {"default": "", "override": KEY}, "x": [f"{KEY}", "y"]}, "other": KEY}
    with admin_socket(Path("s"), lambda asked: in_ceph_s_form(shown if "show" in asked["prefix"] else differing)):
        answers = [agent.ask_sockets(str(folder), ME, command)[0] for command in ("config show", "config diff")]
    assert KEY not in str(answers)
    assert answers[0].answer["keyring"] == "/etc/ceph/k"
    assert answers[0].answer["key"].startswith("sha256:")
    assert answers[1].answer["diff"]["key"]["override"] == answers[0].answer["key"] == answers[1].answer["other"]


def test_whose_socket_it_is_says_the_kernel(agent: LocalHost, folder: Path) -> None:
    """A guest that broke out may name a socket as it likes."""
    with admin_socket(Path(f"client.{ME[0] + 1}.asok"), lambda _: in_ceph_s_form({})):
        assert agent.ask_sockets(str(folder), [ME[0] + 1], "help") == []
        assert len(agent.ask_sockets(str(folder), ME, "help")) == 1


def test_files_links_and_sockets_of_the_dead_are_passed_over(agent: LocalHost, folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind("dead.asok")
    Path("file.asok").write_text("x")
    with admin_socket(Path("alive"), lambda _: in_ceph_s_form({})):
        Path("link.asok").symlink_to("alive")
        assert [one.path for one in agent.ask_sockets(str(folder), ME, "help")] == [f"{folder}/alive"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"", "it said nothing"),
        (struct.pack(">I", 10) + b"{}", "it ended in the middle of its answer"),
        (struct.pack(">I", 1 << 30), "the answer has 1073741824 bytes"),
        (struct.pack(">I", 2) + b"{]", "Expecting property name"),
    ],
)
def test_an_answer_that_is_none_is_said(agent: LocalHost, folder: Path, said: bytes, problem: str) -> None:
    with admin_socket(Path("s"), lambda _: said):
        (found,) = agent.ask_sockets(str(folder), ME, "help")
    assert found.answer is None
    assert problem in found.problem


@pytest.mark.parametrize("command", ["config set", "rbd cache flush", "injectargs", "", "config get", "log flush"])
def test_what_changes_anything_is_refused_by_the_agent_itself(agent: LocalHost, folder: Path, command: str) -> None:
    with pytest.raises(StepFailed, match="is no command that only reads"):
        agent.ask_sockets(str(folder), ME, command)


def test_the_command_and_the_agent_have_one_list() -> None:
    source = (Path(bundle.__file__).parent / "agent" / "sockets.py").read_text()
    (listed,) = [
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "READING"  # type: ignore[attr-defined]
    ]
    assert listed == READING
