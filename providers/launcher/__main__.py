"""Runs `pulumi.dynamic` with a wider thread pool: `python -u -m providers.launcher ENGINE_ADDRESS`.

Nothing may be printed before pulumi.dynamic prints its port: the engine takes the first line for the port.
"""

import runpy
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

if __name__ == "__main__":
    futures.ThreadPoolExecutor = WideThreadPool  # type: ignore[misc]
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
