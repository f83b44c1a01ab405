"""Lists the running guests of each compute host, and what of Ceph each of them still uses.

A guest keeps the user, the secret and the monitors that its qemu was started with until the guest is hard-rebooted, or
stopped and started. A live migration renews volumes only. Each disk that is an RBD image is held against what Nova and
Cinder would start the guest with now. With `--socket` the guests' admin sockets are asked instead. Exit status 2: a
guest uses something old, or does not answer; 3: a host could not be looked at.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from commands.exit_status import exit_status
from commands.guests import report, socket_report
from commands.guests.asking import ask_guests, exit_counts
from commands.guests.looking import look_at_guests
from commands.guests.socket_command import READING, SocketCommand
from commands.project import add_project, enter_project
from commands.stack_file import settings_of
from components.stack.graph import Graph
from components.stack.wire import wire
from providers.errors import Refused
from providers.models import SecretDesired
from providers.reach.machines import Machines

HELP = "list running guests, and what of Ceph each still uses"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `guests`."""
    parser.add_argument("--stack", required=True)
    add_project(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--socket",
        nargs="*",
        metavar="COMMAND",
        help=f"ask the guests' admin sockets instead: {', '.join(READING)} (of an option); default help",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the guests and return the exit status."""
    command = None if arguments.socket is None else SocketCommand.of(arguments.socket)
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    graph = wire(settings, arguments.stack)
    if not any(isinstance(node.model, SecretDesired) for node in graph.nodes.values()):
        raise Refused(f"stack {arguments.stack} has no compute host; use the stack that has them")
    clusters = [settings.cluster, *settings.clusters.values()]
    monitors = [entry for cluster in clusters for entry in cluster.mon_hosts]
    machines = Machines(access)
    if command is not None:
        return _ask(arguments, graph, command, machines)
    try:
        looked = look_at_guests(graph, monitors, machines)
    finally:
        machines.close()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(report.as_json(looked) if arguments.json else report.as_table(looked, width))
    return report.exit_status(looked)


def _ask(arguments: argparse.Namespace, graph: Graph, command: SocketCommand, machines: Machines) -> int:
    try:
        asked = ask_guests(graph, command, machines)
    finally:
        machines.close()
    print(socket_report.as_json(asked) if arguments.json else socket_report.as_text(asked))
    return exit_status(**exit_counts(asked))
