"""Runs `python -m commands drift` on a stack, and shows what it prints on the job's page.

The exit status is the verdict. 0: everything was looked at, and is right. 2: something differs. 3: something could not
be looked at. 1: the command itself failed.
"""

from __future__ import annotations

import argparse
import sys

from tools.ci.said import said
from tools.ci.summary import summarise


def drift(stack: str) -> int:
    """Look for drift; return the exit status."""
    status, printed = said("drift", "--stack", stack)
    print(printed, end="")
    verdict = printed.strip().rpartition("\n")[2] or "the command failed; the job's log says why"
    summarise(f"### Drift of `{stack}`: {verdict}\n\n```\n{printed.strip()}\n```\n")
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    words = argparse.ArgumentParser(prog="tools/ci/drift", description=__doc__)
    words.add_argument("stack")
    return words


def main() -> int:
    """Run the script."""
    return drift(parser().parse_args().stack)


if __name__ == "__main__":
    sys.exit(main())
