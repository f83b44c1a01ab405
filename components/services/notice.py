"""Notice: a line for the operator, printed in each run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """A line for the operator, printed in each run, about something that works less well than an operator may think.

    Attributes:
        level: how Pulumi logs the line.
        setting: the setting that the line begins with, without the project's name.
        text: what an operator has to know, and what to do.
    """

    level: Literal["info", "warning"]
    setting: str
    text: str
