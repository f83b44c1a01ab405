"""What the admin sockets of guests may be asked: commands that only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.settings.problem import hint
from providers.errors import Refused

OF_AN_OPTION = "config get"
READING = (
    "help",
    "version",
    "perf dump",
    "perf schema",
    "config show",
    "config diff",
    "objecter_requests",
    "dump_mempools",
    OF_AN_OPTION,
)
"""The agent has the same list, and refuses everything else, whoever asks."""


@dataclass(frozen=True)
class SocketCommand:
    """A command.

    Attributes:
        words: The command, one of `READING`.
        option: The option that `config get` is about; empty for all others.
    """

    words: str
    option: str = ""

    @classmethod
    def of(cls, given: Sequence[str]) -> SocketCommand:
        """Return the command that was given in words; no word is `help`.

        Raises:
            Refused: The command is not among those that only read.
        """
        text = " ".join(" ".join(given).split()) or "help"
        if text.startswith(f"{OF_AN_OPTION} ") and len(text.split()) == len(OF_AN_OPTION.split()) + 1:
            return cls(OF_AN_OPTION, text.split()[-1])
        if text == OF_AN_OPTION:
            raise Refused("--socket config get: name the option, such as `--socket config get rbd_cache`")
        if text not in READING:
            advice = hint(text, READING, f"use one of {', '.join(READING)}")
            raise Refused(f"--socket {text}: is not asked, because only what reads is; {advice}")
        return cls(text)
