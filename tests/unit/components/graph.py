"""Settings to build stacks from, and the resources that such stacks declare. No engine, provider or machine."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from components.services import SERVICES
from components.services.service import AnyService
from components.stack.declare import declare
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from tests.golden.recorder import recorded

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
"""All four services; each test changes the settings that the test is about."""


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


@dataclass(frozen=True)
class Declared:
    """One resource as the engine gets it, with parent and dependencies by logical name."""

    kind: str
    inputs: dict[str, Any]
    parent: str
    needs: frozenset[str]


def settings(services: Sequence[AnyService] = SERVICES, /, **changes: Any) -> StackSettings:
    """Return the settings that `raw` describes."""
    parsed = parse(raw(**changes), services=services)
    assert isinstance(parsed, StackSettings), parsed
    return parsed


def built(services: Sequence[AnyService] = SERVICES, /, **changes: Any) -> dict[str, Declared]:
    """Return what the stack with these settings declares."""
    wanted = settings(services, **changes)
    return declared(lambda: declare(wire(wanted, "test", services)), "test")


def declared(program: Callable[[], None], stack: str) -> dict[str, Declared]:
    """Return logical name to resource, for all that a program declares in a preview."""
    return {
        _name(urn): Declared(
            kind=urn.split("::")[2].rpartition(":")[2],
            inputs=registered["inputs"],
            parent=_name(registered["parent"]),
            needs=frozenset(map(_name, registered["dependencies"])),
        )
        for urn, registered in recorded(program, stack).items()
    }


def _name(urn: str) -> str:
    return urn.split("::")[-1] if urn else ""


def before(declared: dict[str, Declared], name: str) -> set[str]:
    """Return everything that has to be made before `name`, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for needed in declared[waiting.pop()].needs - found:
            found.add(needed)
            waiting.append(needed)
    return found
