"""Runs a program under Pulumi's mocks and keeps what it declared: no engine, no provider, no machine."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

from components.config import parse
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


@dataclass(frozen=True)
class Declared:
    """One resource as the engine would be told of it; parents and dependencies by logical name."""

    kind: str
    inputs: dict[str, Any]
    parent: str
    after: frozenset[str]


class Recorder(mocks.MockMonitor):
    """A monitor that keeps every registration."""

    def __init__(self) -> None:
        super().__init__(Echo())
        self.declared: dict[str, Declared] = {}

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            assert request.name not in self.declared, f"{request.name} is declared twice"
            inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
            assert not rpc.contains_unknowns(inputs), request.name
            inputs.pop("__provider", None)
            self.declared[request.name] = Declared(
                kind=request.type.split(":")[-1],
                inputs=inputs,
                parent=_name(request.parent),
                after=frozenset(_name(urn) for urn in request.dependencies),
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


class Echo(mocks.Mocks):
    """Every resource becomes what it was asked to be."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


def declare(program: Callable[[], None]) -> dict[str, Declared]:
    """Return logical name -> resource, for all that a program declares in a preview."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), project="ceph-openstack", stack="test", preview=True, monitor=recorder)
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return recorder.declared


def built(**changes: Any) -> dict[str, Declared]:
    """Return what the stack with these settings declares."""
    return declare(lambda: build(settings(**changes), "test"))


def before(declared: dict[str, Declared], name: str) -> set[str]:
    """Return everything that has to be made before `name`, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for one in declared[waiting.pop()].after - found:
            found.add(one)
            waiting.append(one)
    return found


def _name(urn: str) -> str:
    return urn.split("::")[-1] if urn else ""
