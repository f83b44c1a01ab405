"""Lets the program go on when the engine reports that a resource failed, so that the other hosts are finished.

With `--continue-on-error` the SDK (3.259) passes over failed resources in outputs, but not in `depends_on`: there the first one
ends the program with a traceback. The engine has told the failure already, in one line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pulumi.runtime.settings import _get_rpc_manager
from pulumi.runtime.stack import ResourceRegistrationFailed


def pass_over_failed_dependencies() -> None:
    """Make a resource whose dependency failed be left out quietly. To be called once, before resources are declared."""
    manager = _get_rpc_manager()
    wrap = manager.do_rpc

    def do_rpc(name: str, rpc: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def passing_over(*arguments: Any, **words: Any) -> Any:
            try:
                return await rpc(*arguments, **words)
            except ResourceRegistrationFailed:
                return None

        return wrap(name, passing_over)

    manager.do_rpc = do_rpc  # type: ignore[assignment]
