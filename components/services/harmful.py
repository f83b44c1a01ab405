"""Harmful: a value of an option that does harm where it is found, although the service reads the option."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_FALSE = ("false", "no", "off", "0")
"""The words that oslo.config reads as false, in lower case."""
_TRUE = ("true", "yes", "on", "1")


@dataclass(frozen=True)
class Harmful:
    """One option of a service's file, with the values that do harm. `commands lint` looks for them.

    Attributes:
        section: the section of the option.
        name: the name of the option.
        is_harmful: tells from the value whether it does harm.
        why: what the value does, and in which releases, as the beginning of a sentence.
        instead: what to do, as the end of the sentence.
        since: the first release in which the value does harm; empty when it always did.
        only_beside: a section, an option and a value, without which the value does no harm; whether `options` may set
            the value, the service's own checks say.
        source: where this is written down.
        refused: whether `options` must not set such a value; false for one that is only needless.
    """

    section: str
    name: str
    is_harmful: Callable[[str], bool]
    why: str
    instead: str
    since: str = ""
    only_beside: tuple[str, str, str] | None = None
    source: str = ""
    refused: bool = True


def is_false(value: str) -> bool:
    """Return whether oslo.config reads the value as false."""
    return value.strip().lower() in _FALSE


def is_true(value: str) -> bool:
    """Return whether oslo.config reads the value as true."""
    return value.strip().lower() in _TRUE
