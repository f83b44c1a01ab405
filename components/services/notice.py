"""Notice: what an operator is told in each run, until the settings acknowledge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Notice:
    """What an operator is told in each run, about something that works less well than an operator may think.

    Attributes:
        level: how Pulumi logs it.
        name: by what the setting `acknowledge` names it. The name stays the same for good, because it stands in the
            settings of operators.
        setting: the setting that it is about, without the project's name; empty for what no setting is about.
        text: what an operator has to know, and what to do.
    """

    level: Literal["info", "warning"]
    name: str
    setting: str
    text: str

    def __str__(self) -> str:
        """Return a heading and the text.

        The CLI shows the first line several times while it runs, and the whole once at the end.
        """
        about = f"ceph-openstack:{self.setting}".removesuffix(":")
        return f"{about} (acknowledge: {self.name}):\n{self.text}"
