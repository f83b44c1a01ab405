"""Value: what a preview says, told apart from the report's own words, because a value may hold any text at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commands.places import NAMED
from providers.redaction import redacted_line

LONGEST = 1000
"""Of a longer value the first characters are shown, and how many it has."""


@dataclass(frozen=True)
class Value:
    """A value as one line of text without keys."""

    text: str

    @classmethod
    def of(cls, given: Any) -> Value:
        """Return a value of the preview's JSON, as an operator would write it in the settings."""
        if isinstance(given, bool):
            given = "true" if given else "false"
        elif isinstance(given, float) and given.is_integer():
            given = int(given)
        elif isinstance(given, dict | list):
            given = json.dumps(given)
        line = redacted_line(str(given))
        return cls(line if len(line) <= LONGEST else f"{line[:LONGEST]}… ({len(line)} characters)")


Phrase = tuple[str | Value, ...]
"""A sentence or a cell: the report's own words, and values among them."""


def values(given: Iterable[Any], separator: str = ", ") -> Phrase:
    """Return values with a separator between them."""
    return joined([(Value.of(one),) for one in given], separator)


def joined(phrases: Sequence[Phrase], separator: str = ", ") -> Phrase:
    """Return phrases as one, with a separator between them."""
    parts: list[str | Value] = []
    for number, phrase in enumerate(phrases):
        parts += [separator, *phrase] if number else phrase
    return tuple(parts)


def some(phrases: Sequence[Phrase], shown: int, separator: str = ", ") -> Phrase:
    """Return the first of the phrases as one, and how many more there are."""
    more = len(phrases) - shown
    if more <= 1:  # the one that is left needs no more room than the words that say so
        return joined(phrases, separator)
    return (*joined(phrases[:shown], separator), f" and {more} more")


def hosts_phrase(hosts: Sequence[str]) -> Phrase:
    """Return hosts: `compute1`, `compute2` and 498 more."""
    return some([(Value.of(host),) for host in hosts], NAMED)
