"""Every line that the documentation tells people to put first in a settings file leads an editor to the schema."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from components.stack.describe import SCHEMA
from tests.unit.documented import PAGES, ROOT
from tests.unit.test_first_minute import block

MODELINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)
FILE = re.compile(r"`((?:\w+/)?)Pulumi\.[\w<>]+\.yaml`")


@pytest.fixture
def layouts(tmp_path: Path) -> dict[str, Path]:
    """Return the folder of the settings by how a page names it: in the program's folder, or in one's own repository."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "ceph-openstack").symlink_to(ROOT)
    return {"": ROOT, "stacks/": tmp_path / "stacks"}


def leads_to_the_schema(path: str, folder: Path) -> bool:
    """Return whether a path is that of the schema. Like an editor, it follows `..` by the names of folders."""
    parts = [*folder.parts]
    for part in Path(path).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return Path(*parts).resolve() == ROOT / SCHEMA


def test_each_modeline_of_a_page_is_right_for_the_file_that_the_page_has_named_last(layouts: dict[str, Path]) -> None:
    seen = []
    for page in PAGES:
        text = page.read_text()
        for found in MODELINE.finditer(text):
            folder = FILE.findall(text[: found.start()])[-1]
            seen.append(folder)
            assert leads_to_the_schema(found[1], layouts[folder]), (
                f"{page.name}: {found[0]} in {folder or 'the project'}"
            )
    assert sorted(set(seen)) == ["", "stacks/"]


def test_what_people_copy_into_a_repository_of_their_own_leads_to_the_schema(
    tmp_path: Path, layouts: dict[str, Path]
) -> None:
    layouts["stacks/"].rmdir()
    lines = block("docs/your-repository.md", "Your stacks in your own repository").splitlines()
    commands = "\n".join(line for line in lines if line.startswith(("cp ", "mkdir ", "sed ")))
    subprocess.run(["bash", "-e", "-c", commands], cwd=tmp_path, check=True)
    (file,) = layouts["stacks/"].glob("Pulumi.*.yaml")
    found = MODELINE.match(file.read_text())
    assert found
    assert leads_to_the_schema(found[1], file.parent)
    assert file.read_text().splitlines()[1:] == (ROOT / "Pulumi.dev.yaml").read_text().splitlines()[1:]
