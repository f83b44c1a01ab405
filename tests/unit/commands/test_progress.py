"""The line that says how far a long run is: only on a terminal, only when it takes long, and nothing stays of it."""

from __future__ import annotations

import io

import pytest

from commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch, quiet_s: float = -1) -> str:
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("commands.progress.QUIET_S", quiet_s)
    progress = Progress("resources looked at")
    progress(1, 10)
    progress(10, 10)
    progress.end()
    return screen.getvalue()


def test_a_terminal_has_a_line_that_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = "1 of 10 resources looked at", "10 of 10 resources looked at"
    assert shown(Terminal(), monkeypatch) == f"\r{first}\r{second}\r{' ' * len(second)}\r"


def test_a_short_run_and_a_file_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Terminal(), monkeypatch, quiet_s=60) == ""
    assert shown(io.StringIO(), monkeypatch) == ""
