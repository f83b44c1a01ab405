"""Linted: what lint found, and what it could not look at."""

from __future__ import annotations

from dataclasses import dataclass

from commands.flaw import Flaw


@dataclass(frozen=True)
class Linted:
    """What lint found in some places.

    Attributes:
        looked_at: The places that were looked at, each named by its host and what of the host it is.
        flaws: What was found there.
        unseen: The places that could not be looked at, each with the reason.
    """

    looked_at: tuple[tuple[str, str], ...] = ()
    flaws: tuple[Flaw, ...] = ()
    unseen: tuple[tuple[str, str, str], ...] = ()
