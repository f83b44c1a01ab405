"""FileState: what is at a path of a host."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.reach.answers.answer import Text


@dataclass(frozen=True)
class FileState:
    """What is at a path.

    Attributes:
        kind: `file`, `directory`, `symlink` or `other`.
        owner: The owner's name, or the number of an owner who has no name.
        group: The same for the group.
        mode: Four octal digits, such as `0640`.
        digest: SHA-256 of a file's content; empty for everything else.
        ctime_ns: When the content or attributes changed last, in nanoseconds since 1970.
        content: A file's content. Bytes that are not UTF-8 are kept as surrogates, so that a text goes there and back
            unchanged.
    """

    kind: str
    owner: str
    group: str
    mode: str
    digest: str
    ctime_ns: int
    content: Text | None = field(default=None, repr=False)
