"""A plan: steps as values, in the order in which they are done. A plan touches nothing and holds no key.

Some steps are a host's, some keep the journal there, some go to an OpenStack, and a restart takes many calls. One plan
holds all steps, because their order matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from providers.host.restart import Restart
from providers.reach.cloud_call import CloudCall
from providers.reach.steps import HostStep, IfUnchanged, JournalStep

Elsewhere = Restart | CloudCall
Step = HostStep | JournalStep | Elsewhere


Quiet = JournalStep | IfUnchanged
"""Steps of our own: an operator asked for none of them."""


def only_if(unchanged: IfUnchanged | None, steps: Sequence[Step]) -> list[Step]:
    """Return the steps behind the check. No steps need no check, and a reading that cannot be checked is `None`."""
    return [*([unchanged] if unchanged and steps else []), *steps]


def shown(steps: Sequence[Step]) -> list[str]:
    """Return the steps that an operator asked for, as the operator would type them."""
    return [str(step) for step in steps if not isinstance(step, Quiet)]


def printed(steps: Sequence[Step]) -> list[str]:
    """Return the steps as an operator wants to read them: without the journal's own, unless there are no others."""
    return shown(steps) or [str(step) for step in steps if not isinstance(step, IfUnchanged)]


def carry_out(
    steps: Sequence[Step],
    on_host: Callable[[list[HostStep | JournalStep]], object],
    elsewhere: Callable[[Elsewhere, list[Step]], list[Step]],
) -> None:
    """Do the steps in their order; host steps that follow each other go in one call.

    Args:
        steps: The plan.
        on_host: Does steps of a host, and steps that keep the journal there.
        elsewhere: Does one step that is no host's. `elsewhere` is handed the steps that follow, and returns the steps
            to do next, because some values in them are known only once the step is done.
    """
    waiting: list[HostStep | JournalStep] = []
    rest = list(steps)
    while rest:
        step = rest.pop(0)
        if not isinstance(step, Elsewhere):
            waiting.append(step)
            continue
        if waiting:
            on_host(waiting)
        waiting, rest = [], elsewhere(step, rest)
    if waiting:
        on_host(waiting)
