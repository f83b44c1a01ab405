"""Carries out the planned undos: all of them, or none when one is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commands.undo.planned_undo import PlannedUndo
from providers.base import one_line
from providers.errors import ProviderError


def carry_out(planned: Sequence[PlannedUndo], print_line: Callable[[str], None], *, really: bool) -> int:
    """List the planned undos, carry them out, and return the exit status.

    Args:
        planned: The undos, in the order in which they are carried out.
        print_line: Prints a line to the operator.
        really: Whether to carry them out. False: they are only listed.
    """
    for undo in planned:
        for line in undo.lines():
            print_line(line)
    refused = sum(bool(undo.refusal) for undo in planned)
    if refused:
        print_line(f"nothing was changed: {refused} of {len(planned)} are refused, see above")
        return 1
    wanted = [undo for undo in planned if not undo.left]
    left = len(planned) - len(wanted)
    if not really:
        undone = f"{len(wanted)}, and leaves {left}, see above" if left else f"all {len(planned)}"
        print_line(f"nothing was changed: this only lists; --really undoes {undone}")
        return 0
    failed = sum(not _is_done(undo, print_line) for undo in wanted)
    print_line(
        f"{len(wanted) - failed} undone"
        + (f", {left} left, see above" if left else "")
        + (f", {failed} failed; correct the cause, then run it again" if failed else "")
    )
    return 1 if failed or left else 0


def _is_done(undo: PlannedUndo, print_line: Callable[[str], None]) -> bool:
    """Carry one undo out. An error is printed, because the other undos go on."""
    try:
        with one_line():
            undo.provider.delete("", undo.props)
    except ProviderError as problem:
        print_line(f"error: {problem}")
        return False
    return True
