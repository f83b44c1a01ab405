"""A thread pool for the provider's server that is wider than the SDK's."""

from concurrent import futures
from typing import Any

# The SDK's server has 4 threads, fixed. Four slow creates would hold up the check of every other resource.
WORKERS = 64

_narrow = futures.ThreadPoolExecutor


class WideThreadPool(futures.ThreadPoolExecutor):
    """Takes the place of the server's pool, the first pool that pulumi.dynamic makes. Later pools are as asked for."""

    def __init__(self, max_workers: int | None = None, *args: Any, **kwargs: Any) -> None:
        futures.ThreadPoolExecutor = _narrow  # type: ignore[misc]
        super().__init__(max(WORKERS, max_workers or 0), *args, **kwargs)
