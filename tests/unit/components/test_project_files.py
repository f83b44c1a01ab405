"""Pulumi.yaml and Pulumi.dev.yaml agree with the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from components.services import SERVICES
from components.stack.describe import config_block
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings, settings_in_order

ROOT = Path(__file__).parents[3]


def test_pulumi_yaml_declares_and_describes_every_setting() -> None:
    text = (ROOT / "Pulumi.yaml").read_text()
    assert text[text.index("config:\n") :] == config_block(), "run `make generate`"
    declared = yaml.safe_load(text)["config"]
    assert list(declared) == list(settings_in_order(SERVICES))
    # Pulumi calls a setting without a default missing, and a misspelt one would never reach our own check.
    assert all("default" in setting and "description" in setting for setting in declared.values())


def test_pulumi_yaml_starts_the_launcher_in_the_projects_folder() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert "main" not in project
    provider = project["plugins"]["providers"][0]
    assert (ROOT / provider["path"] / "pulumi-resource-pulumi-python").exists()


def dev() -> dict[str, Any]:
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return {name.removeprefix("ceph-openstack:"): value for name, value in config.items()}


def test_the_dev_stack_is_valid_and_has_every_service() -> None:
    settings = parse(dev())
    assert isinstance(settings, StackSettings), settings
    assert set(settings.services) == {"glance", "cinder", "cinder_backup", "nova"}


def test_what_pulumi_fills_in_for_a_setting_that_is_left_out_is_valid() -> None:
    """An empty map is no setting (`load.py`). A text that nobody wrote would be one."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    filled_in = {name: one["default"] for name, one in declared.items() if one["type"] != "object"}
    settings = parse({**filled_in, **dev()})
    assert isinstance(settings, StackSettings), settings


def test_the_dev_stack_is_as_pulumi_writes_it() -> None:
    """`pulumi config set` drops blank lines and the spaces in braces: what it would rewrite is not committed."""
    text = (ROOT / "Pulumi.dev.yaml").read_text()
    assert "\n\n" not in text
    assert "{ " not in "".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert "encryptionsalt: v1:" in text
