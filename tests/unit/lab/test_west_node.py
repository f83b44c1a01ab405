"""What is left of a start of west1 that was killed goes away, also where the record does not name the node yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import cleanup, west_node
from lab.nodes import WEST
from lab.process import Process
from lab.record import Record


@pytest.fixture
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the nodes that were taken away; a folder in `tmp_path` stands for the nodes' files."""
    gone: list[str] = []
    monkeypatch.setattr(west_node, "NODE_FILES", tmp_path)
    monkeypatch.setattr(cleanup, "take_away", lambda node, _known: gone.append(node))
    monkeypatch.setattr(Record, "save", lambda _self: None)
    monkeypatch.setattr(Record, "dead", lambda _self: [])
    return gone


def record(*nodes: str, complete: bool = False) -> Record:
    known = Record(id="", state="", boot="", sources="", west_complete=complete)
    known.nodes = {node: Process(1, 1) for node in nodes}
    return known


def test_files_of_a_node_that_the_record_does_not_name_are_removed(removed: list[str], tmp_path: Path) -> None:
    (tmp_path / WEST.name).mkdir()
    west_node.remove_if_broken(record("ceph1"))
    assert removed == [WEST.name]


def test_a_start_that_was_cut_off_is_removed(removed: list[str]) -> None:
    known = record("ceph1", WEST.name)
    west_node.remove_if_broken(known)
    assert removed == [WEST.name]
    assert list(known.nodes) == ["ceph1"]


def test_a_node_that_runs_and_one_that_never_was_are_left_alone(removed: list[str], tmp_path: Path) -> None:
    west_node.remove_if_broken(record("ceph1"))
    (tmp_path / WEST.name).mkdir()
    west_node.remove_if_broken(record("ceph1", WEST.name, complete=True))
    assert removed == []
