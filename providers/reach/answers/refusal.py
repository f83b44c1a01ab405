"""Refusal: what an agent answers when it cannot do what it was asked."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Refusal(Answer):
    """Why a host did not do what it was asked.

    Attributes:
        errno: The errno's name; empty where there is none.
        text: The host's own words.
        step: The number of the step in its call; None outside of `apply`.
    """

    errno: str
    text: str
    step: int | None = None
