"""Runs `pulumi.dynamic` with a wider thread pool: `python -u -m providers.launcher ENGINE_ADDRESS`.

Nothing may be printed before pulumi.dynamic prints its port: the engine takes the first line for the port.
"""

import os
import runpy
import signal
import threading
import time
from concurrent import futures

import grpc

from providers.launcher.errors import plain_server
from providers.launcher.pool import WideThreadPool


def end_with(engine: int) -> None:
    """Interrupt this process once the engine is gone, because an engine that was killed interrupts nobody.

    Calls under way are finished first, and the connections to the hosts are closed.
    """
    while os.getppid() == engine:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    # A shell's background job (`pulumi up &` in a script) is started with interrupts ignored, and so is what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    futures.ThreadPoolExecutor = WideThreadPool  # type: ignore[misc]
    grpc.server = plain_server
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
