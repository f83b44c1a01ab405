"""Asks the admin sockets of the guests of all compute hosts at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from commands.guests.asked_guest import AskedGuest, AskedHost
from commands.guests.socket_command import SocketCommand
from components.stack.graph import Graph
from components.stack.guest_files import guest_folders
from providers.errors import ProviderError, Refused
from providers.models import CephConfDesired, SecretDesired
from providers.reach.answers.file_state import FileState
from providers.reach.answers.guest import Guest
from providers.reach.machines import Machines
from providers.redaction import redacted_line

THREADS = 32
NO_SOCKETS = (
    "no compute host has `admin socket` in [client] of its ceph.conf with a folder that the stack knows; set"
    " nova.client_options, such as {admin socket: /run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok}, run `pulumi"
    " up` and start the guests anew"
)


def ask_guests(graph: Graph, command: SocketCommand, machines: Machines) -> list[AskedHost]:
    """Return what the guests of every host say that has libvirt secrets of the stack, in the order of the graph.

    Args:
        graph: What the stack declares.
        command: What the guests are asked.
        machines: The hosts.

    Raises:
        Refused: The stack sets no socket.
    """
    models = [node.model for node in graph.nodes.values()]
    hosts = list(dict.fromkeys(model.host for model in models if isinstance(model, SecretDesired)))
    all_confs = [model for model in models if isinstance(model, CephConfDesired) and _folder(model)]
    confs = {conf.host: conf for conf in reversed(all_confs)}  # the first cluster's, where a host has several
    folders = {host: _folder(confs[host]) for host in hosts if host in confs}
    if not folders:
        raise Refused(NO_SOCKETS)
    with ThreadPoolExecutor(THREADS) as pool:
        asked = [
            pool.submit(_ask, host, folder, confs[host].path, command, machines) for host, folder in folders.items()
        ]
        return [one.result() for one in asked]


def _folder(conf: CephConfDesired) -> str:
    return guest_folders(conf.sections.get("client", {})).get("socket", ("", ""))[1]


def _ask(host: str, folder: str, conf: str, command: SocketCommand, machines: Machines) -> AskedHost:
    try:
        reached = machines.host(host)
        guests = sorted(reached.libvirt_guests(), key=lambda guest: guest.name)
        files = reached.read_files([folder, conf])
        there = files.get(folder) is not None
        pids = [guest.pid for guest in guests if guest.pid]
        answers = reached.ask_sockets(folder, pids, command.words, command.option) if there and pids else []
    except ProviderError as problem:
        return AskedHost(host, [], redacted_line(str(problem)))
    why = partial(_why_none, folder=folder, files=files, conf=conf)
    mine = {guest.name: [answer for answer in answers if answer.pid == guest.pid] for guest in guests}
    return AskedHost(host, [AskedGuest(one, mine[one.name], "" if mine[one.name] else why(one)) for one in guests])


def _why_none(guest: Guest, *, folder: str, files: dict[str, FileState], conf: str) -> str:
    if not guest.disks:
        return ""
    if folder not in files:
        return f"there is no folder {folder}; run `pulumi up`, then start the guest anew"
    changed = files[conf].ctime_ns / 1e9 if conf in files else 0.0
    if guest.started and guest.started < changed:
        return "it was started before ceph.conf was changed last: hard-reboot it (`openstack server reboot --hard`)"
    return (
        f"no client of the guest listens in {folder}; see its log file, and whether AppArmor or SELinux keeps qemu from"
        " the folder (docs/running-cloud.md), then hard-reboot it"
    )


def exit_counts(asked: Sequence[AskedHost]) -> dict[str, int]:
    """Return how many guests are silent, how many hosts could not be asked, and how many were."""
    return {
        "found": sum(guest.is_silent for host in asked for guest in host.guests),
        "unseen": sum(bool(host.unseen) for host in asked),
        "seen": sum(not host.unseen for host in asked),
    }
