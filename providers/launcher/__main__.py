"""Runs `pulumi.dynamic` with a wider thread pool: `python -u -m providers.launcher ENGINE_ADDRESS`.

Nothing may be printed before pulumi.dynamic prints its port: the engine takes the first line for the port.
"""

import os
import runpy
import signal
import threading
import time
from concurrent import futures
from typing import Any

# The SDK's server has 4 threads, fixed. Four slow creates would hold up the check of every other resource.
WORKERS = 64


class WideThreadPool(futures.ThreadPoolExecutor):
    """Takes the place of the server's pool: the first that pulumi.dynamic makes. Later pools are as asked."""

    def __init__(self, max_workers: int | None = None, *args: Any, **kwargs: Any) -> None:
        futures.ThreadPoolExecutor = narrow_thread_pool  # type: ignore[misc]
        super().__init__(max(WORKERS, max_workers or 0), *args, **kwargs)


narrow_thread_pool = futures.ThreadPoolExecutor


def end_with(engine: int) -> None:
    """End as the engine's interrupt would once it is gone: an engine that was killed ends nobody.

    Calls under way are finished first, and the connections to the hosts are closed.
    """
    while os.getppid() == engine:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    futures.ThreadPoolExecutor = WideThreadPool  # type: ignore[misc]
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
