"""Runs `pulumi.dynamic` with more threads and plainer errors: `python -u -m providers.launcher ENGINE_ADDRESS`.

Nothing may be printed before pulumi.dynamic prints its port: the engine takes the first line for the port.
"""

import os
import runpy
import signal
import threading
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc

# The SDK's server has 4 threads, fixed. Four slow creates would hold up the check of every other resource.
WORKERS = 64


class PlainErrors(grpc.ServerInterceptor):  # type: ignore[misc]
    """Hands the text of an exception to the engine as it is, without grpc's own words before it."""

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: Any, context: Any) -> Any:
            try:
                return handler.unary_unary(request, context)
            except NotImplementedError:
                raise
            except Exception as problem:  # noqa: BLE001 - whatever it is, its text is for the operator
                context.abort(grpc.StatusCode.UNKNOWN, str(problem) or type(problem).__name__)

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


server = grpc.server


def wide_server(_pool: futures.ThreadPoolExecutor, options: Any = None) -> Any:
    """Stand in for `grpc.server` as pulumi.dynamic calls it."""
    return server(futures.ThreadPoolExecutor(max_workers=WORKERS), interceptors=[PlainErrors()], options=options)


def end_with(engine: int) -> None:
    """End as the engine's interrupt would once it is gone: an engine that was killed ends nobody.

    Calls under way are finished first, and the connections to the hosts are closed.
    """
    while os.getppid() == engine:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    grpc.server = wide_server
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
