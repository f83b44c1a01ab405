"""Looks for what guides left on the hosts of a stack and in its cluster: dead options, and what does harm.

Dead are options that the stack's release does not read, each named with the release that dropped it and what to do
instead. Harm do some values, keys in files that are no keyring, keyrings that everybody may read, and caps with which a
server does not come back after its host crashed. It only reads, and shows neither a key nor a value. Exit status 0:
everything was looked at, and nothing was found. 2: something was found. 3: something could not be looked at, whatever
else was found. 1: the command itself failed.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from commands.lint import report
from commands.lint.looking import look_for_flaws
from commands.project import add_project, enter_project
from commands.stack_file import settings_of
from components.services import SERVICES
from components.stack.inventory import take_inventory
from providers.reach.machines import Machines

HELP = "name dead and harmful options, keys left behind, caps that break something"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `lint`."""
    parser.add_argument("--stack", required=True)
    add_project(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found and return the exit status."""
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    machines = Machines(access)
    try:
        found = look_for_flaws(take_inventory(settings, arguments.stack, SERVICES), machines)
    finally:
        machines.close()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(report.as_json(found, arguments.stack) if arguments.json else report.as_text(found, width))
    return report.exit_status(found)
