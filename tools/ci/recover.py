"""Makes a stack ready again after a run that was cut off, such as by a cancelled job (docs/recovery.md).

It removes the lock of the killed run, reads what is there, and drops the engine's notes of steps with an unknown end.
Nothing is changed on any host. Be sure that the killed run is not running any more, on any machine. What is left to do
is shown by tools/ci/preview, and done by tools/ci/apply. Exit status: 0, or 1 when a step failed.
"""

from __future__ import annotations

import argparse
import sys

from tools.ci.ending import FAILED, ended
from tools.ci.pulumi_cli import PulumiCli


def recover(stack: str) -> int:
    """Recover a stack; return the exit status."""
    cli = PulumiCli(stack)
    return FAILED if cli.cancel() or cli.refresh() else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    words = argparse.ArgumentParser(prog="tools/ci/recover", description=__doc__)
    words.add_argument("stack")
    return words


def main() -> int:
    """Run the script."""
    arguments = parser().parse_args()
    return ended(lambda: recover(arguments.stack))


if __name__ == "__main__":
    sys.exit(main())
