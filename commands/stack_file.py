"""A stack's settings, read from Pulumi.<stack>.yaml without the Pulumi CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from components.config import parse
from providers.errors import Refused
from providers.remote.access import AccessSettings

PROJECT = "ceph-openstack:"


def access_of(stack: str, folder: Path) -> AccessSettings:
    """Return how the stack's hosts are reached. Values that are encrypted or wrong are refused as `pulumi up` refuses them."""
    path = folder / f"Pulumi.{stack}.yaml"
    try:
        document: Any = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise Refused(
            f"{path}: not found; run in the project's folder, or write there at least how the hosts are reached"
        ) from None
    except yaml.YAMLError as problem:
        raise Refused(f"{path}: is no YAML: {' '.join(str(problem).split())[:200]}") from None
    config = (document or {}).get("config") or {}
    settings = {name.removeprefix(PROJECT): value for name, value in config.items() if name.startswith(PROJECT)}
    found = parse(settings)
    if isinstance(found, list):
        raise Refused(f"{path}: {'; '.join(found)}")
    return AccessSettings.from_config(settings.get)
