"""What may be shown: text from hosts and files, without anything that looks like a key."""

from __future__ import annotations

import re

# A cephx key in base64: type 1 (AES-128) begins with AQ, type 2 (AES-256) with Ag.
SECRET = re.compile(r"A[Qg][A-D][A-Za-z0-9+/]{29,}={0,2}")


def redacted(text: str) -> str:
    """Return the text without keys. Before it is cut: the end of a key no longer looks like one."""
    return SECRET.sub("***", text)


def redacted_line(text: str) -> str:
    """Return the text as one line, without keys, and without what a terminal would obey or the engine cannot carry."""
    line = " ".join(redacted(text).split())
    return "".join(one if one.isprintable() else "?" for one in line)
