"""The folder with Pulumi.<stack>.yaml.

A command works in this folder, as Pulumi does, because relative paths in the settings start there.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from providers.errors import Refused


def add_project(parser: argparse.ArgumentParser) -> None:
    """Declare `--project`."""
    parser.add_argument("--project", type=Path, default=Path(), help="folder with Pulumi.<stack>.yaml (default: here)")


def enter_project(folder: Path) -> None:
    """Make the folder the working directory of this process.

    Raises:
        Refused: There is no such folder.
    """
    try:
        os.chdir(folder)
    except OSError as problem:
        raise Refused(f"--project {folder}: {problem.strerror}; name the folder with Pulumi.<stack>.yaml") from None


def absolute_path(text: str) -> str:
    """Return a path of the command line as an absolute path, because it starts where the command was typed.

    An empty text stays empty.
    """
    return str(Path(text).expanduser().absolute()) if text else ""
