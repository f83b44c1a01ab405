"""Looks at every link between the services of a stack and their data.

It looks from the hosts and, with --cloud, through OpenStack's APIs, and only reads. Each row says ok, warning, BROKEN,
could not look or skipped (nobody asked), and what was seen. Whether options are as the stack wants them is not looked
at: `python -m commands drift` does that. Exit status 0: everything was looked at, and is whole. 2: a link is broken.
3: something could not be looked at. 1: the command itself failed.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from commands.cloud_arguments import add_cloud, cloud_of
from commands.project import add_project, enter_project
from commands.stack_file import settings_of
from commands.verify import report
from commands.verify.in_apis import Endpoints
from commands.verify.looking import look_at_links
from components.stack.wire import wire
from providers.reach.machines import Machines

HELP = "look at every link from a service to its data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `verify`."""
    parser.add_argument("--stack", required=True)
    add_project(parser)
    add_cloud(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found at each link and return the exit status."""
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    graph, cloud = wire(settings, arguments.stack), cloud_of(arguments, settings)
    machines = Machines(access)
    try:
        links = look_at_links(graph, machines, Endpoints(machines, cloud) if cloud else None)
    finally:
        machines.close()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(report.as_json(links, arguments.stack) if arguments.json else report.as_table(links, width))
    return report.exit_status(links)
