"""Outcome: what came of a host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What came of a host.

    Attributes:
        where: The host as messages name it.
        steps: What was done, or is to be done.
        problem: Why no more was done.
        unseen: Why the host could not be looked at.
    """

    where: str
    steps: tuple[str, ...] = ()
    problem: str = ""
    unseen: str = ""
