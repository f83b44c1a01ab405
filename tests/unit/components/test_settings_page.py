"""The page of settings is the one that the models describe."""

from __future__ import annotations

from pathlib import Path

from components.stack.describe import settings_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "settings.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == settings_page(), "run: python -m components.stack.describe --page > docs/settings.md"
