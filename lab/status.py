"""What runs."""

from __future__ import annotations

from lab import record
from lab.nodes import NODES


def show() -> int:
    known = record.read()
    if known is None:
        print("the lab is down")
        return 1
    if not known.ours():
        print(f"a lab of another checkout runs: {known.state}")
        return 1
    dead = known.dead()
    for node in NODES.values():
        if node.name in known.stopped:
            state = "switched off"
        elif node.name in dead or node.name not in known.nodes:
            state = "not running"
        else:
            state = "running" if known.complete else "starting"
        print(f"{node.name:12} {node.address:12} {state}")
    return 0 if known.complete and not dead and not known.stopped else 1
