"""Finding: what was found at a link from a service to its data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingState(StrEnum):
    """How a link is.

    `UNSEEN` is no statement about the link, because verify could not look at it, so no verdict is complete with one.
    `SKIPPED` is none either, because nobody asked, or there is nothing to look at yet. It takes nothing off a verdict.
    """

    OK = "ok"
    WARNING = "warning"
    BROKEN = "BROKEN"
    UNSEEN = "could not look"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What was found at a link: the evidence, or what to do."""

    state: FindingState
    text: str


def ok(text: str) -> Finding:
    """Return the finding that the link is whole."""
    return Finding(FindingState.OK, text)


def warning(text: str) -> Finding:
    """Return the finding that the link is whole, with something that an operator should know."""
    return Finding(FindingState.WARNING, text)


def broken(text: str) -> Finding:
    """Return the finding that the link is broken, with what to do."""
    return Finding(FindingState.BROKEN, text)


def unseen(text: str) -> Finding:
    """Return the finding that it could not be looked at, with the reason."""
    return Finding(FindingState.UNSEEN, text)


def skipped(text: str) -> Finding:
    """Return the finding that nobody asked to look, or that there is nothing to look at yet, with the reason."""
    return Finding(FindingState.SKIPPED, text)
