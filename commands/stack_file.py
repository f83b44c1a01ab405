"""A stack's settings, read from Pulumi.<stack>.yaml without the Pulumi CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from commands.pulumi_yaml import PulumiLoader
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from providers.errors import Refused
from providers.reach.access import AccessSettings

PROJECT = "ceph-openstack:"


def settings_of(stack: str, folder: Path) -> tuple[StackSettings, AccessSettings]:
    """Return the stack's settings, and how its hosts are reached.

    Args:
        stack: Name of the stack.
        folder: The folder with Pulumi.<stack>.yaml.

    Raises:
        Refused: There is no such file, or `pulumi up` would refuse what the file says.
    """
    path = folder / f"Pulumi.{stack}.yaml"
    given = _given(path)
    settings = parse(given)
    if isinstance(settings, list):
        raise Refused(f"{path}: {'; '.join(settings)}")
    return settings, AccessSettings.from_config(given.get)


def _given(path: Path) -> dict[str, Any]:
    """Return the settings as Pulumi hands them to its program: a number at the top is text, as release 2025.1 is."""
    try:
        document: Any = yaml.load(path.read_text(), PulumiLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise Refused(
            f"{path}: not found; run in the project's folder, or write there at least how the hosts are reached"
        ) from None
    except yaml.YAMLError as problem:
        raise Refused(f"{path}: is no YAML: {' '.join(str(problem).split())[:200]}") from None
    config = (document or {}).get("config") or {}
    return {
        name.removeprefix(PROJECT): value if isinstance(value, dict | list) else str(value)
        for name, value in config.items()
        if name.startswith(PROJECT) and value is not None
    }
