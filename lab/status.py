"""Which nodes of the lab run."""

from __future__ import annotations

from lab import record
from lab.nodes import NODES, RELEASE, WEST


def show() -> int:
    """Print a line per node, and return 0 when every node of this checkout's lab runs, else 1."""
    known = record.read()
    if known is None:
        print("the lab is down")
        return 1
    if not known.ours():
        print(f"a lab of another checkout runs: {known.state}")
        return 1
    print(f"world {known.world}")
    dead = known.dead()
    for node in NODES.values():
        if node.name in known.stopped:
            state = "switched off"
        elif node.name in dead or node.name not in known.nodes:
            state = "not running"
        else:
            state = "running" if known.complete else "starting"
        print(f"{node.name:12} {node.address:12} {state}")
    if known.release:
        state = "not running" if RELEASE.name in dead else "running" if known.release_complete else "starting"
        print(f"{RELEASE.name:12} {RELEASE.address:12} {state}, release {known.release}")
    if WEST.name in known.nodes:
        state = "not running" if WEST.name in dead else "running" if known.west_complete else "starting"
        print(f"{WEST.name:12} {WEST.address:12} {state}, the second cluster")
    return 0 if known.complete and not dead and not known.stopped else 1
