"""What `lab/lab cache` builds for which name, and that it builds nothing of the lab."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import cache, host, root, venv, worlds
from lab.cli import main
from lab.releases import Release
from lab.worlds import Suite


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked for; nothing is built."""
    asked: list[str] = []

    def suite_root(log: Path, suite: Suite = worlds.BOOKWORM) -> Path:
        asked.append(f"root {suite.name}, {log.name}")
        return log

    def environment(release: Release) -> Path:
        asked.append(f"environment {release.name}")
        return Path()

    monkeypatch.setattr(host, "ensure", lambda: None)
    monkeypatch.setattr(root, "ensure", suite_root)
    monkeypatch.setattr(venv, "ensure", environment)
    return asked


@pytest.mark.parametrize(
    ("names", "needs"),
    [
        (["2026.1"], ["root bookworm, root.log", "environment 2026.1"]),
        (["trixie"], ["root trixie, root-trixie.log"]),
        (["mixed"], ["root sid, root-sid.log", "root trixie, root-trixie.log"]),
        (["2025.1", "bookworm"], ["root bookworm, root.log", "environment 2025.1", "root bookworm, root-bookworm.log"]),
    ],
)
def test_each_name_has_its_needs(built: list[str], names: list[str], needs: list[str]) -> None:
    assert main(["cache", *names]) == 0
    assert built == needs


def test_every_release_and_every_world_can_be_named(built: list[str]) -> None:
    cache.fill(cache.NAMES)
    assert {name for name in built if name.startswith("environment")} == {
        "environment 2023.1",
        "environment 2025.1",
        "environment 2026.1",
    }
    with pytest.raises(SystemExit):
        main(["cache", "jessie"])
