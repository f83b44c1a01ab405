"""KeyFile: a file of a host that may hold keys, without its content."""

from __future__ import annotations

from providers.reach.answers.answer import Answer, Text


class KeyFile(Answer):
    """A plain file of a host.

    Attributes:
        path: Where the file is.
        owner: The owner's name, or the number of an owner who has no name.
        group: The same for the group.
        mode: Four octal digits, such as `0640`.
        keys: SHA-256 (`sha256:<hex>`) of each cephx key in the file's text.
    """

    path: Text
    owner: str
    group: str
    mode: str
    keys: list[str]
