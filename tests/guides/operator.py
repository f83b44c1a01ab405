"""The operator who types a guide: carries a guide's steps out on the lab's nodes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab.machine import running
from tests.guides import editor
from tests.guides.guide import CEPH, COMPUTES, CONTROLLER, Edited, Guide, Step, Typed
from tests.live import lab
from tests.proof import rbd
from tests.proof.cloud import until

NODES = {CEPH: ("ceph1",), CONTROLLER: (lab.CONTROLLER,), COMPUTES: lab.COMPUTES}
CRUDINI = "/usr/bin/crudini"


def follow(guide: Guide) -> None:
    """Do all that a guide says, in the guide's order; the services run on what was written when this returns."""
    for nodes in NODES.values():
        for node in nodes:
            rbd.write_through(node, f"cat >{CRUDINI}; chmod 755 {CRUDINI}", Path(editor.__file__).read_bytes())
    for step in guide.steps:
        _do(step)
    for nodes in NODES.values():
        for node in nodes:
            lab.on(node, "rm", CRUDINI)
    until_ready()


def _do(step: Step) -> None:
    for node in NODES[step.where]:
        if isinstance(step, Typed):
            _type(node, step.commands)
        elif isinstance(step, Edited):
            _type(node, f"{CRUDINI} --paste {step.path}", step.block.encode())
        else:
            (source,) = NODES[step.source]
            _type(node, step.write, _type(source, step.read))


def _type(node: str, script: str, given: bytes = b"") -> bytes:
    """Run a script in root's home, as `bash` with the first error as the last command, and return its output."""
    argv = running(node).inside(["bash", "-e", "-o", "pipefail", "-c", f"cd /root; umask 022; {script}"])
    done = subprocess.run(argv, input=given, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, f"{node}: {script}: {done.stderr.decode()}"
    return done.stdout


def until_ready() -> None:
    """Wait until glance-api and cinder-volume say that they work; nova-compute's restart waits by itself."""
    words = {
        "glance-api": "Started child",
        "cinder-volume": "Driver initialization completed successfully",
    }
    for unit, said in words.items():

        def look(unit: str = unit, said: str = said) -> bool | None:
            return said in lab.log_since_start(lab.CONTROLLER, unit) or None

        until(f"{unit} says {said!r}", look, 90)
    for node in lab.COMPUTES:
        assert lab.unit(node, "nova-compute").active == "active"
