"""`python -m commands`: what an operator needs beside `pulumi`."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from typing_extensions import override

from commands import bootstrap, discover, drift, forget, guests, images, lint, locks, report, undo, verify
from commands.command import Command
from providers.errors import ProviderError
from providers.redaction import redacted_line

COMMANDS: dict[str, Command] = {
    "bootstrap": bootstrap,
    "discover": discover,
    "undo": undo,
    "verify": verify,
    "drift": drift,
    "lint": lint,
    "images": images,
    "forget": forget,
    "locks": locks,
    "guests": guests,
    "report": report,
}


class Version(argparse.Action):
    """Prints the version and ends the program. The version is read only then, because no verb needs pyproject.toml."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print name and version of pyproject.toml."""
        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
        print(f"{project['name']} {project['version']}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    program = argparse.ArgumentParser(prog="ceph-openstack", description=__doc__)
    program.add_argument("--version", action=Version, nargs=0, help="print the version, and exit")
    verbs = program.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_arguments(verbs.add_parser(name, help=command.HELP, description=command.__doc__))
    return program


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parser().parse_args(argv)
    try:
        return COMMANDS[arguments.command].run(arguments)
    except ProviderError as problem:
        sys.stderr.write(f"error: {redacted_line(str(problem))}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
