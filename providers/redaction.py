"""What may be shown: text from hosts and files, without anything that looks like a key."""

from __future__ import annotations

from providers.formats.keyring import CEPHX_KEY


def redacted(text: str) -> str:
    """Return the text without keys. A text is redacted before it is cut, because a part of a key looks like no key."""
    return CEPHX_KEY.sub("***", text)


def redacted_line(text: str) -> str:
    """Return the text as one line, without keys, and without what a terminal would obey or the engine cannot carry."""
    line = " ".join(redacted(text).split())
    return "".join(character if character.isprintable() else "?" for character in line)
