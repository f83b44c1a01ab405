"""Looks at every resource of a stack on its host, and says what is other than the settings want.

It only reads, by the same code as `pulumi up`, and needs no Pulumi state and no lock. Each host is reached over one
connection, all of them side by side. What this stack has neither made nor taken over is drift, too, and so is what the
gate of the next run would refuse. Exit status 0: everything was looked at, and is right. 2: something differs. 3:
something could not be looked at, whatever else was found. 1: the command itself failed.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from commands.drift import report
from commands.drift.gate import with_gate
from commands.look_at_all import look_at_all
from commands.progress import Progress
from commands.project import add_project, enter_project
from commands.stack_file import settings_of
from components.stack.wire import wire
from providers.reach.machines import Machines

HELP = "say what on the hosts is other than the settings want"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `drift`."""
    parser.add_argument("--stack", required=True)
    add_project(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def run(arguments: argparse.Namespace) -> int:
    """Print what differs and what could not be looked at, and return the exit status."""
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    graph, progress = wire(settings, arguments.stack), Progress("resources looked at")
    machines = Machines(access, tell=progress.say)
    try:
        found = with_gate(look_at_all(graph, machines, progress), machines)
    finally:
        progress.end()
        machines.close()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(report.as_json(found, arguments.stack) if arguments.json else report.as_text(found, width))
    return report.exit_status(found)
