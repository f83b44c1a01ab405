"""An image's data in a file of this machine: room for it, writing it, its digest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from commands.images.size import size_text
from providers.errors import Refused


def check_room(folder: Path, needed: int, what: str) -> None:
    """Refuse when there is less room than what will be written.

    Args:
        folder: Where the data will be written.
        needed: Its size, in bytes.
        what: What needs the room, for the error.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Refused(
            f"{folder}: {size_text(free)} free, and {what} needs {size_text(needed)}; name another folder with --folder"
        )


def save(blocks: Iterable[bytes], path: Path, algorithm: str) -> str:
    """Write the blocks and return their digest."""
    digest = hashlib.new(algorithm)
    with path.open("wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def digest_of(path: Path, algorithm: str) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
