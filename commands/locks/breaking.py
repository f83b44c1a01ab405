"""Takes away the locks of dead holders, which shuts these out of the cluster first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commands.locks.held_lock import HeldLock
from providers.errors import ProviderError
from providers.reach.cluster import ClusterSession
from providers.reach.steps import BreakLock
from providers.redaction import redacted_line


def break_locks(cluster: ClusterSession, dead: Sequence[HeldLock], print_line: Callable[[str], None]) -> int:
    """Take each lock away, say so, and return how many could not be taken away."""
    failed = 0
    for held in dead:
        lock = held.lock
        try:
            cluster.apply([BreakLock(held.pool, lock.image, lock.client, lock.cookie, lock.address)])
        except ProviderError as problem:
            failed += 1
            print_line(f"error: {held.image}: {redacted_line(str(problem))}")
        else:
            print_line(f"{held.image}: {lock.client} is blocklisted at {lock.address}, and its lock is gone")
    return failed
