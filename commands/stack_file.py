"""A stack's settings, read from Pulumi.<stack>.yaml without the Pulumi CLI."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from components.config import parse
from components.settings import StackSettings
from providers.errors import Refused
from providers.reach.access import AccessSettings

PROJECT = "ceph-openstack:"


class PulumiLoader(yaml.SafeLoader):
    """Reads what Pulumi reads (YAML 1.2): `off`, `no` and `1:30` are text, as PyYAML's 1.1 would not have them."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for kind, pattern, first in (
    ("merge", r"<<", ["<"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    PulumiLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"^(?:{pattern})$"), first)


def access_of(stack: str, folder: Path) -> AccessSettings:
    """Return how the stack's hosts are reached."""
    return settings_of(stack, folder)[1]


def settings_of(stack: str, folder: Path) -> tuple[StackSettings, AccessSettings]:
    """Return the stack's settings, and how its hosts are reached. What is wrong is refused as `pulumi up` refuses it."""
    path = folder / f"Pulumi.{stack}.yaml"
    try:
        document: Any = yaml.load(path.read_text(), PulumiLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise Refused(
            f"{path}: not found; run in the project's folder, or write there at least how the hosts are reached"
        ) from None
    except yaml.YAMLError as problem:
        raise Refused(f"{path}: is no YAML: {' '.join(str(problem).split())[:200]}") from None
    config = (document or {}).get("config") or {}
    # As Pulumi hands them over: a number at the top is text, for release 2025.1 is a name.
    settings = {
        name.removeprefix(PROJECT): value if isinstance(value, dict | list) else str(value)
        for name, value in config.items()
        if name.startswith(PROJECT) and value is not None
    }
    found = parse(settings)
    if isinstance(found, list):
        raise Refused(f"{path}: {'; '.join(found)}")
    return found, AccessSettings.from_config(settings.get)
