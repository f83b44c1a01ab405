"""Ends the program when the engine is gone, such as after a kill of the CLI: nobody hears the program any more.

The SDK (3.259) raises an error where a call is not answered, and then waits for ever for the outputs of the resources
that it could not register. Pulumi's language host waits for the program. So both would stay on the machine for good.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime.settings import get_engine, get_monitor

_CALLS = ("RegisterResource", "RegisterResourceOutputs", "Invoke", "Log")
TOLD = 32
"""Exit status by which the language host (3.259) knows that there is nothing to add to what was told."""


def end_with_the_engine() -> None:
    """Let each call to the engine end the program when the engine is gone. Call this before anything is declared."""
    for engine in (get_monitor(), get_engine()):
        for name in _CALLS:
            if hasattr(engine, name):
                setattr(engine, name, or_end(getattr(engine, name)))


def or_end(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that ends the program when nobody answers; every other failure of the call stays as it is."""

    def asked(*arguments: Any, **keywords: Any) -> Any:
        try:
            return call(*arguments, **keywords)
        except grpc.RpcError as problem:
            if isinstance(problem, grpc.Call) and problem.code() == grpc.StatusCode.UNAVAILABLE:
                os._exit(TOLD)
            raise

    return asked
