"""Problem: something that is wrong with the settings, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Where = tuple[str | int, ...]
"""Path of a setting, such as ("hosts", "compute1", "jump")."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        where: path of the setting.
        what: what is wrong with it, why, and what to do.
    """

    where: Where
    what: str


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the member of `known` that `word` most likely meant, None when nothing is close."""
    spelt = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), spelt, n=1, cutoff=0.6)
    return spelt[matches[0]] if matches else None


def hint(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the question whether a close member of `known` was meant; `otherwise` when nothing is close."""
    guess = nearest(word, known)
    return f'did you mean "{guess}"?' if guess else otherwise
