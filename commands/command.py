"""What each verb's folder has, so that `python -m commands` knows none of its arguments."""

from __future__ import annotations

import argparse
from typing import Protocol


class Command(Protocol):
    """A verb of `python -m commands`. Its docstring is the description that `--help` prints.

    Attributes:
        HELP: The verb's line in the list of commands.
    """

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do what the verb says and return the exit status.

        Raises:
            ProviderError: The command failed. `python -m commands` prints the error as one line and returns 1.
        """
