"""Makes the SDK's waiting take a time that grows with the number of resources, and not with its square.

The SDK (3.259) waits until one of all outputs is there, and then asks all others again (`wait_for_rpcs` in
pulumi/runtime/stack.py; pulumi/pulumi#22411 has made each round cheaper, not the rounds fewer). It also sends the
engine three messages for each resource that only a run with `--debug` shows, and waits for the answer to each
(`log.debug`; pulumi/pulumi#7292). Of the 4.5 s that the program takes on 832 resources, both are 2.4 s.

Where an SDK has not what this file changes, the SDK is left as it is, and is only slower.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pulumi.runtime import stack
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.settings import SETTINGS, get_engine

SWITCH = "CEPH_OPENSTACK_SDK_DEBUG"
"""Environment variable that lets the SDK send its debugging messages, for a run with `--debug`."""


def wait_for_all_outputs_at_once() -> None:
    """Let the SDK wait once for all outputs of the program. Call this before anything is declared."""
    waits = getattr(stack, "wait_for_rpcs", None)
    if waits is not None and hasattr(SETTINGS, "outputs"):
        setattr(stack, "wait_for_rpcs", first_all(waits))  # noqa: B010 - mypy knows the SDK's own type


def first_all(wait_for_rpcs: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return the SDK's waiting, with a wait for all outputs before the SDK asks them one after the other.

    An output that fails ends the first wait, and the SDK then says what failed.
    """

    async def wait(await_all_outstanding_tasks: bool = True) -> None:
        await wait_for_rpcs(await_all_outstanding_tasks=False)
        if await_all_outstanding_tasks:
            if outputs := list(SETTINGS.outputs):
                await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)
            await wait_for_rpcs()

    return wait


def leave_out_debugging(environ: Mapping[str, str] = os.environ) -> None:
    """Let the SDK send no debugging messages, unless the switch is set. Call this before anything is declared."""
    engine: Any = get_engine()
    if engine is not None and not environ.get(SWITCH):
        engine.Log = without_debugging(engine.Log)


def without_debugging(log: Callable[..., Any]) -> Callable[..., Any]:
    """Return the call that sends the engine a message, which sends no debugging message."""

    def sent(request: Any, *arguments: Any, **keywords: Any) -> Any:
        if request.severity != engine_pb2.DEBUG:
            return log(request, *arguments, **keywords)
        return None

    return sent
