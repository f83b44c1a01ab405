"""Start the whole lab, or single nodes again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from lab import (
    access,
    ceph,
    cleanup,
    compute,
    controller,
    endpoints,
    host,
    layer,
    record,
    release_node,
    root,
    west_node,
    worlds,
)
from lab.command import run
from lab.errors import LabError
from lab.machine import NODE_FILES, Machine
from lab.nodes import CONTROLLER, NODES, Node
from lab.paths import LOG
from lab.progress import say
from lab.record import Record
from lab.worlds import World

ROLES: dict[str, ModuleType] = {"ceph": ceph, "controller": controller, "compute": compute}
_MEMORY = "12g"


def up() -> None:
    """Start the lab, unless the lab is up; what another checkout or a cut-off start left is removed first.

    A lab of another world than the one that `LAB_WORLD` names makes room for that world.
    Nodes that `lab/lab stop` has switched off are started again.

    Raises:
        LabError: The machine lacks something, or a node did not become ready.
    """
    with record.locked():
        known = record.read()
        asked = worlds.wanted()
        if known is not None and known.ours():
            release_node.remove_if_broken(known)
            west_node.remove_if_broken(known)
        if known is not None and _goes_on(known, asked):
            if known.stopped:
                for name in list(known.stopped):
                    _start_again(known, NODES[name])
                return
            changed = (
                ""
                if known.sources == record.sources()
                else " (lab/ has changed since; `lab/lab down`, then `lab/lab up` makes a new lab)"
            )
            say(f"the lab is up{_of(worlds.find(known.world))}{changed}")
            return
        if known is not None or cleanup.remains():
            say(_why(known, asked))
            cleanup.everything()
        world = asked or worlds.DEFAULT
        host.ensure()
        lowers = {node.name: root.ensure(LOG / "root.log", world.suite(node.role)) for node in NODES.values()}
        host.raise_limits()
        access.ensure()
        endpoints.write_clouds()
        layers = {CONTROLLER.name: layer.ensure(lowers[CONTROLLER.name], world.openstack)}
        _start(record.new(world), {name: [*layers.get(name, []), lowers[name]] for name in NODES})
        say(f"the lab is up{_of(world)}")


def _goes_on(known: Record, asked: World | None) -> bool:
    return known.complete and known.ours() and not known.dead() and (asked is None or known.world == asked.name)


def _of(world: World) -> str:
    return "" if world is worlds.DEFAULT else f", world {world.name}"


def _why(known: Record | None, asked: World | None) -> str:
    if known is None:
        return "remains of a lab without a record are removed"
    if not known.ours():
        return f"the lab of another checkout ({known.state}) is taken down first, because a machine has one lab"
    if not known.complete:
        return "a start that was cut off is cleaned up"
    if asked is not None and known.world != asked.name:
        return f"the lab of world {known.world} makes room for world {asked.name}"
    return f"nodes are gone ({', '.join(known.dead())}): what is left of the lab is removed"


def _start(new: Record, lowers: dict[str, list[Path]]) -> None:
    NODE_FILES.mkdir(parents=True, exist_ok=True)
    run(
        ["mount", "-t", "tmpfs", "-o", f"size={_MEMORY},mode=0755", "ceph-openstack-lab", NODE_FILES],
        what="lab: tmpfs",
    )
    # The computes come second, because nova-compute waits ten seconds and more when it finds no conductor.
    first = [node for node in NODES.values() if node.role != "compute"]
    for stage in (first, [node for node in NODES.values() if node not in first]):
        for node in stage:
            machine = Machine(node)
            machine.mount(lowers[node.name])
            machine.prepare(("ssh.service", *ROLES[node.role].UNITS))
            machine.admit()
            ROLES[node.role].prepare(machine)
            new.nodes[node.name] = machine.start()
            new.save()
            say(f"{node.name}: starting on {node.address}")
        with ThreadPoolExecutor(len(stage)) as pool:
            for result in [pool.submit(_bring_up, node) for node in stage]:
                result.result()
    new.complete = True
    new.save()


def _bring_up(node: Node) -> None:
    machine = Machine(node)
    machine.booted()
    say(f"{node.name}: booted")
    access.reached(node)
    ROLES[node.role].bring_up(machine)
    ROLES[node.role].ready(machine)
    say(f"{node.name}: ready")


def _start_again(known: Record, node: Node) -> None:
    """Start a node that was switched off, with its files as they were."""
    machine = Machine(node)
    known.nodes[node.name] = machine.start()
    known.stopped.remove(node.name)
    known.save()
    say(f"{node.name}: starting again")
    machine.booted()
    access.reached(node)
    ROLES[node.role].ready(machine)
    say(f"{node.name}: ready")


def stop(node: Node) -> None:
    """Kill a node's processes, as a power cut does; the node's files stay.

    Raises:
        LabError: The node does not run, or runs in another checkout's lab.
    """
    with record.locked():
        known = record.read()
        if known is None or not known.ours() or node.name not in known.nodes:
            raise LabError(f"{node.name}: is not running from this checkout; `lab/lab status` tells more")
        if node.name not in known.stopped:
            known.stopped.append(node.name)
            known.save()
        cleanup.end(node.name, known)
        say(f"{node.name}: switched off; `lab/lab start {node.name}` starts the node with its files as they are")


def start(node: Node) -> None:
    """Start a node that `stop` has switched off; raise LabError for any other node."""
    with record.locked():
        known = record.read()
        if known is None or not known.ours() or node.name not in known.stopped:
            raise LabError(f"{node.name}: was not switched off with `lab/lab stop`; `lab/lab status` tells more")
        _start_again(known, node)
