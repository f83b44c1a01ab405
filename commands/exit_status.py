"""The exit status of a command that judges: what it found, and whether it saw everything.

0: everything was looked at, and is well. 2: something is not as it should be. 3: something could not be looked at, so
the verdict is not complete, whatever else was found. 1, in `commands/__main__.py`: the command itself failed.
"""

from __future__ import annotations

WELL = 0
FOUND = 2
INCOMPLETE = 3


def exit_status(*, found: int, unseen: int, seen: int) -> int:
    """Return the status.

    Args:
        found: How many things are not as they should be.
        unseen: How many things could not be looked at.
        seen: How many things were looked at. None at all is no verdict.
    """
    if unseen or not seen:
        return INCOMPLETE
    return FOUND if found else WELL
