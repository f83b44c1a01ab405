"""Notice: what an operator is told at each run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """What an operator is told at each run: what works, but less well than may be thought."""

    level: Literal["info", "warning"]
    setting: str
    text: str
