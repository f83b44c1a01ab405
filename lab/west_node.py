"""The node with a second cluster, beside a lab that is up; its clients call the cluster `west`."""

from __future__ import annotations

from lab import access, ceph, cleanup, record, root
from lab.errors import LabError
from lab.machine import NODE_FILES, Machine
from lab.nodes import WEST
from lab.paths import LOG
from lab.progress import say
from lab.record import Record


def show() -> None:
    """Start the node, unless it is up; the lab has to be up.

    Raises:
        LabError: The lab went down, or the node did not become ready.
    """
    with record.locked():
        known = record.read()
        if known is None or not known.ours():
            raise LabError(f"{WEST.name}: the lab went down meanwhile; run this again")
        remove_if_broken(known)
        if known.west_complete:
            say(f"{WEST.name}: is up")
            return
        _start(known)


def _start(known: Record) -> None:
    machine = Machine(WEST)
    access.ensure()
    machine.mount([root.ensure(LOG / "root.log", machine.suite)])
    machine.prepare(("ssh.service", *ceph.UNITS))
    machine.admit()
    ceph.prepare(machine)
    known.nodes[WEST.name] = machine.start()
    known.save()
    say(f"{WEST.name}: starting on {WEST.address}")
    machine.booted()
    access.reached(WEST)
    ceph.bring_up(machine)
    ceph.ready(machine)
    known.west_complete = True
    known.save()
    say(f"{WEST.name}: ready")


def remove() -> None:
    """Remove the node; the other nodes stay as they are."""
    with record.locked():
        known = record.read()
        if known is not None and known.ours() and _is_there(known):
            _take_away(known)
        else:
            say(f"{WEST.name}: is not there")


def remove_if_broken(known: Record) -> None:
    """Remove the node if its start was cut off or the node died; the other nodes stay as they are."""
    if _is_there(known) and (not known.west_complete or WEST.name in known.dead()):
        say(f"{WEST.name}: what is left of the node is removed")
        _take_away(known)


def _is_there(known: Record) -> bool:
    """Return whether there is anything of the node. The record names it only once systemd-nspawn runs."""
    return WEST.name in known.nodes or (NODE_FILES / WEST.name).exists()


def _take_away(known: Record) -> None:
    cleanup.take_away(WEST.name, known)
    known.nodes.pop(WEST.name, None)
    known.west_complete = False
    known.save()
    say(f"{WEST.name}: removed")
