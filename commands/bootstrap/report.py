"""What `bootstrap` prints: a line for each step of each host, and what is next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands import exit_status as status
from commands.bootstrap.outcome import Outcome


def lines(outcomes: Sequence[Outcome], *, really: bool) -> Iterator[str]:
    """Yield the lines for the operator."""
    for one in outcomes:
        for step in one.steps:
            yield f"{one.where}: {'done' if really else 'to do'}: {step}"
        if one.problem:
            yield f"{one.where}: NOT DONE: {one.problem}"
        elif one.unseen:
            yield f"could not look: {one.unseen}"
        elif not one.steps:
            yield f"{one.where}: nothing to do"
    if not really and any(one.steps for one in outcomes):
        yield "nothing was changed: call it again with --really"


def exit_status(outcomes: Sequence[Outcome], *, really: bool) -> int:
    """Return the status: 2 while something is to be done or was refused, 3 if a host could not be looked at."""
    left = [one for one in outcomes if one.problem or (one.steps and not really)]
    unseen = [one for one in outcomes if one.unseen]
    return status.exit_status(found=len(left), unseen=len(unseen), seen=len(outcomes) - len(unseen))
