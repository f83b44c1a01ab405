"""What may be shown: text from hosts and files, without anything that looks like a key."""

from __future__ import annotations

import re

from providers.formats.keyring import CEPHX_KEY

_CLOSED = re.compile(r"pass(word|wd|phrase)|secret$|token|credential|transport_url|connection$|_key$", re.IGNORECASE)
NOT_SHOWN = "(not shown)"
"""What stands for the value of an option whose value may be a password."""


def is_closed(name: str) -> bool:
    """Return whether an option of this name may hold a password, as operators add them to a service's `options`."""
    return _CLOSED.search(name) is not None


def redacted(text: str) -> str:
    """Return the text without keys. A text is redacted before it is cut, because a part of a key looks like no key."""
    return CEPHX_KEY.sub("***", text)


def redacted_line(text: str) -> str:
    """Return the text as one line, without keys, and without what a terminal would obey or the engine cannot carry."""
    line = " ".join(redacted(text).split())
    return "".join(character if character.isprintable() else "?" for character in line)
