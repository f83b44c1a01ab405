"""Takes a stack off one host, or off the cluster, by the journal alone: for when the stack's state is lost.

It does what `pulumi destroy` would do there, with the same code and the same refusals. A pool that holds anything, a
user with open sessions and a secret that a domain names are refused, and then nothing at all is changed. What is in an
OpenStack that is gone, or is another one by now, is left, and holds up nothing else.
"""

from __future__ import annotations

import argparse

from commands.project import absolute_path, add_project, enter_project
from commands.stack_file import settings_of
from commands.undo.carrying_out import carry_out
from commands.undo.planned_undo import PlannedUndo
from commands.undo.planning import plan_in_cluster, plan_on_host
from components.settings.problem import hint
from components.stack.stack_settings import StackSettings
from providers.errors import Refused
from providers.reach import machines as current_machines
from providers.reach.answers.fsid import Fsid
from providers.reach.machines import Machines

HELP = "take a stack off a host by its journal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `undo`."""
    parser.add_argument("--stack", required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--host", help="a host, by its name in the settings")
    where.add_argument(
        "--cluster",
        nargs="?",
        const="",
        metavar="NAME",
        help="pools and users of the stack's own cluster, or of one of `clusters`; take it off all hosts first",
    )
    add_project(parser)
    parser.add_argument(
        "--cloud", default="", help="with --cluster: name in clouds.yaml (default: as the stack had it)"
    )
    parser.add_argument(
        "--clouds-file",
        type=absolute_path,
        default="",
        help="with --cluster: clouds.yaml (default: as the stack had it)",
    )
    parser.add_argument("--really", action="store_true", help="do it; without this it only lists")


def run(arguments: argparse.Namespace) -> int:
    """List what the journal holds, undo it when told so, and return the exit status."""
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    machines = Machines(access)
    current_machines.replace_current(machines)
    try:
        fsid = "" if arguments.cluster is None else _fsid(arguments.cluster, settings, machines)
        host = machines.admin_of(fsid) if fsid else arguments.host
        where = machines.access(host).where
        planned = _plan(arguments, fsid, machines)
        if not planned:
            print(f"stack {arguments.stack} has no journal on {where}: there is nothing to undo")
            return 0
        print(f"stack {arguments.stack} on {where}, by its journal:")
        return carry_out(planned, print, really=arguments.really)
    finally:
        machines.close()


def _plan(arguments: argparse.Namespace, fsid: str, machines: Machines) -> list[PlannedUndo]:
    if not fsid:
        return plan_on_host(arguments.stack, arguments.host, machines)
    cloud = {"name": arguments.cloud, "file": arguments.clouds_file}
    changed = {field: value for field, value in cloud.items() if value}
    return plan_in_cluster(arguments.stack, fsid, machines, changed)


def _fsid(cluster: str, settings: StackSettings, machines: Machines) -> str:
    """Return the fsid of a cluster of `clusters`; of the stack's own (empty) the one that its admin host speaks for."""
    if cluster:
        if cluster not in settings.clusters:
            advice = hint(cluster, settings.clusters, "leave the name out for the stack's own cluster")
            raise Refused(f"--cluster {cluster}: is not in ceph-openstack:clusters; {advice}")
        return settings.clusters[cluster].fsid
    return machines.host(machines.admin()).mon_read(Fsid, "fsid").fsid
