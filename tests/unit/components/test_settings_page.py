"""The page of settings is what the models describe."""

from __future__ import annotations

from pathlib import Path

from components.stack.describe import config_block, schema_text, settings_page, write

PAGE = Path(__file__).resolve().parents[3] / "docs" / "settings.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == settings_page(), "run `make generate`"


def test_make_generate_writes_the_page_and_the_block_and_leaves_the_rest_of_pulumi_yaml(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "schema").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: x\n# config: below\nconfig:\n  old: {}\n")
    write(tmp_path)
    assert (tmp_path / "Pulumi.yaml").read_text() == "name: x\n# config: below\n" + config_block()
    assert (tmp_path / "docs" / "settings.md").read_text() == settings_page()
    assert (tmp_path / "schema" / "stack.json").read_text() == schema_text()
