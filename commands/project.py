"""The project: where Pulumi.<stack>.yaml lies, and where relative paths in the settings start.

Both are as Pulumi has them. The project is the folder with Pulumi.yaml, here or above. `stackConfigDir` there names the
folder of the settings, and `main` the program's folder, in which paths start.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import yaml

from providers.errors import Refused

DEFINITION = "Pulumi.yaml"


def add_project(parser: argparse.ArgumentParser) -> None:
    """Declare `--project`."""
    parser.add_argument("--project", type=Path, default=Path(), help="the project's folder (default: here)")


def enter_project(folder: Path) -> Path:
    """Make the folder in which the settings' relative paths start the working directory of this process.

    Args:
        folder: A folder of the project. One that has no Pulumi.yaml, neither there nor above, is taken as it is.

    Returns:
        The folder with Pulumi.<stack>.yaml, absolute.

    Raises:
        Refused: There is no such folder, or its Pulumi.yaml cannot be read.
    """
    here = folder.absolute()
    root = next((above for above in (here, *here.parents) if (above / DEFINITION).is_file()), here)
    definition = _definition(root / DEFINITION)
    # `main` may name the program's file instead of its folder.
    program = root / str(definition.get("main") or "")
    try:
        os.chdir(program.parent if program.is_file() else program)
    except OSError as problem:
        main = f": main {program}" if definition.get("main") else ""
        raise Refused(f"--project {folder}{main}: {problem.strerror}; name the project's folder") from None
    return root / str(definition.get("stackConfigDir") or definition.get("config") or "")


def _definition(path: Path) -> dict[str, Any]:
    try:
        document: Any = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, yaml.YAMLError) as problem:
        raise Refused(f"{path}: cannot be read: {' '.join(str(problem).split())[:200]}; correct the file") from None
    return {name: value for name, value in (document or {}).items() if isinstance(value, str)}


def absolute_path(text: str) -> str:
    """Return a path of the command line as an absolute path, because it starts where the command was typed.

    An empty text stays empty.
    """
    return str(Path(text).expanduser().absolute()) if text else ""
