"""Lists the locks of images in the stack's pools, who holds each of them, and whether the holder is alive.

A holder is alive when it has the image open (a watch on the image's header) or a session with the monitors. A holder
that is neither, or that is blocklisted, is dead. A dead holder's lock keeps a server from starting again where its user
may not blocklist, as with the guides' `mon 'allow r'`. `--really` removes such locks, and no others. Exit status 2: a
dead holder has a lock; 3: something could not be looked at.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from commands.locks.breaking import break_locks
from commands.locks.held_lock import HeldLock, HolderState
from commands.locks.looking import Looked, look_at_locks
from commands.locks.report import exit_status, lines
from commands.progress import Progress
from commands.project import add_project, enter_project
from commands.stack_file import settings_of
from components.settings.problem import hint
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.errors import Refused
from providers.models import PoolDesired
from providers.reach.cluster import ClusterSession
from providers.reach.machines import Machines

HELP = "list locks of images, and remove those of dead holders"
AGAIN_S = 5.0
"""A holder is looked at twice, so many seconds apart, before its lock is removed: it may be connecting anew."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `locks`."""
    parser.add_argument("--stack", required=True)
    parser.add_argument("image", nargs="?", default="", metavar="POOL/IMAGE", help="the only image to look at")
    parser.add_argument("--really", action="store_true", help="remove the locks of dead holders")
    parser.add_argument("--cluster", default="", help="a cluster of `clusters`; without it the stack's own")
    add_project(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the locks, remove those of dead holders when told so, and return the exit status."""
    folder = enter_project(arguments.project)
    settings, access = settings_of(arguments.stack, folder)
    graph = wire(settings, arguments.stack)
    fsid = _fsid(settings, arguments.cluster)
    pools_of_all = [node.model for node in graph.nodes.values() if isinstance(node.model, PoolDesired)]
    mine = [pool.name for pool in pools_of_all if pool.fsid == fsid]
    if not mine:
        raise Refused(f"stack {arguments.stack} has no pools there, as a cell; use the stack that has the pools")
    pools, image = _chosen(arguments.image, mine, arguments.stack)
    progress = Progress("pools looked at")
    machines = Machines(access, tell=progress.say)
    try:
        cluster = machines.cluster(fsid)
        return show(cluster, pools, image, arguments.stack, machines if arguments.really else None, progress)
    finally:
        machines.close()


def _fsid(settings: StackSettings, cluster: str) -> str:
    """Return the fsid of the cluster to look at."""
    if cluster and cluster not in settings.clusters:
        advice = hint(cluster, settings.clusters, "leave it out for the stack's own cluster")
        raise Refused(f"--cluster {cluster}: is not in ceph-openstack:clusters; {advice}")
    return settings.clusters[cluster].fsid if cluster else settings.cluster.fsid


def _chosen(given: str, mine: list[str], stack: str) -> tuple[list[str], str]:
    """Return the pools and the image to look at."""
    if not given:
        return mine, ""
    pool, slash, image = given.partition("/")
    if not (slash and image):
        raise Refused(f"{given}: name the image with its pool, such as vms/{given}")
    if pool not in mine:
        raise Refused(f"{given}: {pool} is no pool of stack {stack}; {hint(pool, mine, 'it has ' + ', '.join(mine))}")
    return [pool], image


def show(
    cluster: ClusterSession,
    pools: list[str],
    image: str,
    stack: str,
    machines: Machines | None,
    progress: Progress | None = None,
) -> int:
    """Print the locks, remove those of dead holders, and return the exit status.

    Args:
        cluster: The cluster.
        pools: The pools to look at.
        image: The only image to look at. Empty: every image.
        stack: The stack's name.
        machines: What waits before locks are removed. None: no lock is removed.
        progress: What to end before anything is printed.
    """
    looked = _looked(cluster, pools, image, progress)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines(looked, stack, width):
        print(line)
    dead = _dead(looked)
    if machines is None or not dead:
        return exit_status(looked, len(dead))
    machines.clock.sleep(AGAIN_S)
    again = {held.key for held in _dead(_looked(cluster, pools, image, progress))}
    lasting = [held for held in dead if held.key in again]
    for held in dead:
        if held not in lasting:
            print(f"{held.image}: left alone, because {held.lock.client} came back or its lock went meanwhile")
    failed = break_locks(cluster, lasting, print)
    return 1 if failed else exit_status(looked, 0)


def _looked(cluster: ClusterSession, pools: list[str], image: str, progress: Progress | None) -> Looked:
    try:
        return look_at_locks(cluster, pools, image)
    finally:
        if progress:
            progress.end()


def _dead(looked: Looked) -> list[HeldLock]:
    return [held for held in looked.locks if held.state is HolderState.DEAD]
