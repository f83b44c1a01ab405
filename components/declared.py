"""What a program declares, without an engine: it runs under Pulumi's mocks, and every registration is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

# What a program says to its operator belongs to `pulumi`'s own runs.
QUIET = logging.getLogger(f"{__name__}.quiet")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


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
            assert request.name not in self.declared, f"{request.name} is declared twice"  # noqa: S101
            inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
            assert not rpc.contains_unknowns(inputs), request.name  # noqa: S101
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


@contextmanager
def _event_loops() -> Iterator[None]:
    """Give an event loop to this thread and to those in which the SDK calls the monitor.

    The SDK takes an event loop for granted. Python 3.14 makes none when it is asked for one, and the SDK never closes
    those that it makes.
    """
    loops: list[asyncio.AbstractEventLoop] = []

    def provide() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    provide()
    try:
        with ThreadPoolExecutor(initializer=provide) as calls:
            loops[0].set_default_executor(calls)
            yield
    finally:
        asyncio.set_event_loop(None)
        for loop in loops:
            loop.close()


def declare(program: Callable[[], None], stack: str) -> dict[str, Declared]:
    """Return logical name -> resource, for all that a program declares in a preview."""
    recorder = Recorder()
    with _event_loops():
        mocks.set_mocks(Echo(), project="ceph-openstack", stack=stack, preview=True, logger=QUIET, monitor=recorder)
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return recorder.declared


def _name(urn: str) -> str:
    return urn.split("::")[-1] if urn else ""
