"""What locks prints, and its exit status."""

from __future__ import annotations

from commands import exit_status as statuses
from commands.locks.held_lock import HolderState
from commands.locks.looking import Looked
from commands.table import table

HEAD = ("IMAGE", "HOLDER", "ADDRESS", "COOKIE", "USER", "HOLDER IS", "WHY")
BLOCKLIST = (
    "each removal blocklists the holder's address first, for an hour, as `rbd lock rm` and librbd itself do, so that a"
    " holder that was only cut off cannot write again"
)


def lines(looked: Looked, stack: str, width: int | None = None) -> list[str]:
    """Return the table of the locks, what was not looked at, and what to do.

    Args:
        looked: What was seen.
        stack: The stack's name.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    rows = [
        (
            held.image,
            held.lock.client,
            held.lock.address,
            held.lock.cookie,
            held.entity or "-",
            held.state.value,
            held.why,
        )
        for held in looked.locks
    ]
    unseen = [f"could not look at {text}" for text in looked.unseen]
    counts = [f"{sum(held.state is state for held in looked.locks)} {state.value}" for state in HolderState]
    total = f"{looked.images} images, {len(rows)} locks: {', '.join(counts)}"
    return [*(table(HEAD, rows, width=width) if rows else []), *unseen, "", total, *_to_do(looked, stack)]


def _to_do(looked: Looked, stack: str) -> list[str]:
    dead = [held for held in looked.locks if held.state is HolderState.DEAD]
    if not dead:
        return []
    return [
        f"to remove the locks of dead holders: `python -m commands locks --stack {stack} {dead[0].image} --really`, or"
        f" without an image for all {len(dead)}; {BLOCKLIST}"
    ]


def exit_status(looked: Looked, dead: int) -> int:
    """Return the exit status.

    Args:
        looked: What was seen.
        dead: How many locks of dead holders are left.
    """
    return statuses.exit_status(found=dead, unseen=len(looked.unseen), seen=looked.pools)
