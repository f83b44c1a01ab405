"""Settings to build stacks from, and what these declare: no engine, no provider, no machine."""

from __future__ import annotations

import copy
from typing import Any

from components.config import parse
from components.declared import Declared, declare
from components.settings import StackSettings
from components.stack import build

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
RAW: dict[str, Any] = {
    "release": "zed",
    "ssh": {"user": "deploy"},
    "hosts": {"ceph1": {}, "controller1": {"address": "127.0.2.11"}, "compute1": {}, "compute2": {}},
    "cluster": {"fsid": FSID, "mon_hosts": ["[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"], "admin_host": "ceph1"},
    "glance": {"hosts": ["controller1"], "pool": {"name": "images"}},
    "cinder": {"hosts": ["controller1"], "pool": {"name": "volumes"}},
    "cinder_backup": {"hosts": ["controller1"], "pool": {"name": "backups"}},
    "nova": {"hosts": ["compute1", "compute2"], "pool": {"name": "vms"}},
}
"""All four services; the tests change what they are about."""


def raw(**changes: Any) -> dict[str, Any]:
    """Return `RAW` with some settings replaced; a dotted path is written with two underscores; None removes."""
    changed = copy.deepcopy(RAW)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part = changed
        for parent in parents:
            part = part.setdefault(parent, {})
        if value is None:
            part.pop(last)
        else:
            part[last] = value
    return changed


def settings(**changes: Any) -> StackSettings:
    """Return the settings that `raw` describes."""
    parsed = parse(raw(**changes))
    assert isinstance(parsed, StackSettings), parsed
    return parsed


def built(**changes: Any) -> dict[str, Declared]:
    """Return what the stack with these settings declares."""
    return declare(lambda: build(settings(**changes), "test"), "test")


def before(declared: dict[str, Declared], name: str) -> set[str]:
    """Return everything that has to be made before `name`, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for one in declared[waiting.pop()].after - found:
            found.add(one)
            waiting.append(one)
    return found
