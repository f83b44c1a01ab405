"""What may be shown: text from hosts and files, without anything that looks like a key."""

from __future__ import annotations

from providers.formats.keyring import CEPHX_KEY


def redacted(text: str) -> str:
    """Return the text without keys. Before it is cut: the end of a key no longer looks like one."""
    return CEPHX_KEY.sub("***", text)


def redacted_line(text: str) -> str:
    """Return the text as one line, without keys, and without what a terminal would obey or the engine cannot carry."""
    line = " ".join(redacted(text).split())
    return "".join(one if one.isprintable() else "?" for one in line)
