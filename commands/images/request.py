"""What the command line asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commands.images.target import Target


@dataclass(frozen=True)
class CopyRequest:
    """How an image is to be replaced.

    Attributes:
        target: Where the copy should be.
        convert: Whether the copy is made raw. False: its bytes are the original's.
        folder: Where the data is kept meanwhile.
        read_back: Whether the copy is also downloaded and compared.
    """

    target: Target
    convert: bool
    folder: Path
    read_back: bool = False
