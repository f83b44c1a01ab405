"""The node for other OpenStack releases, which runs one release at a time beside a lab that is up."""

from __future__ import annotations

from lab import access, cleanup, record, release, root, venv, worlds
from lab.errors import LabError
from lab.machine import Machine
from lab.nodes import CONTROLLER, RELEASE
from lab.paths import LOG
from lab.progress import say
from lab.record import Record
from lab.releases import Release, find

NONE = "none"


def show(name: str) -> None:
    """Make the node run one release, and nothing of another release; the lab has to be up.

    Args:
        name: The release, or `none` to remove the node.

    Raises:
        LabError: The lab has no such release, the lab went down, or the node did not become ready.
    """
    wanted = None if name == NONE else find(name)
    with record.locked():
        known = record.read()
        if wanted and known and known.world != worlds.DEFAULT.name:
            raise LabError(f"{RELEASE.name}: other releases run in world {worlds.DEFAULT.name} only")
        if known is None or not known.ours():
            if wanted:
                raise LabError(f"{RELEASE.name}: the lab went down meanwhile; run this again")
            say("there is no lab of this checkout")
            return
        remove_if_broken(known)
        if wanted and known.release == wanted.name:
            say(f"{RELEASE.name}: release {wanted.name} is up")
            return
        if known.release:
            _take_away(known)
        elif wanted is None:
            say(f"{RELEASE.name}: is not there")
        if wanted is not None:
            _start(known, wanted)


def _start(known: Record, wanted: Release) -> None:
    layers = [venv.ensure(wanted), root.ensure(LOG / "root.log")]
    access.ensure()
    known.release, known.release_complete = wanted.name, False
    known.save()
    release.empty(Machine(CONTROLLER), anew=True)
    machine = Machine(RELEASE)
    machine.mount(layers)
    machine.prepare(("ssh.service", *release.UNITS))
    machine.admit()
    release.prepare(machine)
    known.nodes[RELEASE.name] = machine.start()
    known.save()
    say(f"{RELEASE.name}: starting release {wanted.name} on {RELEASE.address}")
    machine.booted()
    access.reached(RELEASE)
    release.ready(machine)
    known.release_complete = True
    known.save()
    say(f"{RELEASE.name}: ready")


def remove_if_broken(known: Record) -> None:
    """Remove the node if its start was cut off or the node died; the other nodes stay as they are."""
    if not known.release:
        return
    if not known.release_complete:
        say(f"{RELEASE.name}: a start that was cut off is cleaned up")
    elif RELEASE.name in known.dead():
        say(f"{RELEASE.name}: is gone; what is left of the node is removed")
    else:
        return
    _take_away(known)


def _take_away(known: Record) -> None:
    say(f"{RELEASE.name}: removing release {known.release}")
    cleanup.take_away(RELEASE.name, known)
    known.nodes.pop(RELEASE.name, None)
    if Machine(CONTROLLER).leader() is not None:
        release.empty(Machine(CONTROLLER), anew=False)
    known.release, known.release_complete = "", False
    known.save()
