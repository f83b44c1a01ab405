"""What the program tells the engine: every registration of a run under Pulumi's own mocks, as plain JSON."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import get_root_resource, set_root_resource

QUIET = logging.getLogger(f"{__name__}.quiet")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


PROJECT = "ceph-openstack"
STACK_TYPE = "pulumi:pulumi:Stack"


class _Monitor(mocks.MockMonitor):
    """Keeps every registration, and makes URNs from the parent's chain of types as the engine does."""

    def __init__(self, stack: str) -> None:
        super().__init__(_Echo())
        self.stack = stack
        self.registered: dict[str, dict[str, Any]] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN in the engine's own form, which leaves the stack out of the chain of types."""
        chain = parent.split("::")[2] + "$" if parent else ""
        chain = "" if chain == f"{STACK_TYPE}$" else chain
        return f"urn:pulumi:{self.stack}::{PROJECT}::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != STACK_TYPE:
            assert answer.urn not in self.registered, f"{answer.urn} is declared twice"
            inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
            assert not rpc.contains_unknowns(inputs), answer.urn
            provider = inputs.pop("__provider", None)
            self.registered[answer.urn] = {
                "parent": request.parent,
                "custom": request.custom,
                "inputs": inputs,
                "dependencies": sorted(request.dependencies),
                "provider": provider,
                "protect": request.protect,
                "aliases": [str(alias) for alias in request.aliases],
                "deleteBeforeReplace": request.deleteBeforeReplace,
                "ignoreChanges": list(request.ignoreChanges),
            }
        return answer


class _Echo(mocks.Mocks):
    """Answers every registration with the inputs."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


@contextmanager
def event_loops() -> Iterator[None]:
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


def recorded(program: Callable[[], None], stack: str) -> dict[str, dict[str, Any]]:
    """Return URN -> registration of all that a program declares in a preview, in the order of the URNs."""
    monitor = _Monitor(stack)
    set_root_resource(None)  # type: ignore[arg-type] # a program that ran before in this process had another
    with event_loops():
        mocks.set_mocks(_Echo(), project=PROJECT, stack=stack, preview=True, logger=QUIET, monitor=monitor)
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return dict(sorted(monitor.registered.items()))


def exported(program: Callable[[], None], stack: str) -> dict[str, Any]:
    """Return the outputs that a preview of a program knows; none when it does not know each of them."""
    found: dict[str, Any] = {}

    def outputs() -> Any:
        program()
        root: Any = get_root_resource()
        return pulumi.Output.all(**root.outputs).apply(found.update)

    recorded(outputs, stack)
    return found
