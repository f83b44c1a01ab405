"""FileState: what is at a path of a host."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileState:
    """What is at a path. `kind` is `file`, `directory`, `symlink` or `other`; `content` only for files that were asked for.

    Bytes that are not UTF-8 are kept as surrogates, so that text goes there and back unchanged. Times are nanoseconds.
    """

    kind: str
    owner: str
    group: str
    mode: str
    digest: str
    ctime_ns: int
    content: str | None = field(default=None, repr=False)
