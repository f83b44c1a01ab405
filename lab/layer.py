"""A prepared layer between the root and a node's own files: work that takes long and comes out the same each time."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from lab import controller, endpoints, ini, keystone, machine, nfs_share, root, units, worlds
from lab.machine import Machine
from lab.nodes import CONTROLLER
from lab.paths import CACHE
from lab.progress import say
from lab.root import PARTIAL, discard, locked
from lab.worlds import Suite

_MADE_BY = (controller, endpoints, ini, keystone, machine, nfs_share, units, worlds)
_FOLDER = CACHE / "layer"


def ensure(lower: Path, suite: Suite) -> list[Path]:
    """Return the controller's layers above `lower`, after making the baked layer if the cache has none.

    Args:
        lower: The suite's root.
        suite: The suite of Debian.
    """
    name = f"{suite.name}-{_key(suite)}"
    made = _FOLDER / name
    if not made.is_dir():
        with locked(_FOLDER / f"{name}.lock"):
            if not made.is_dir():
                _bake(lower, made, suite)
    return [made]


def _key(suite: Suite) -> str:
    digest = hashlib.sha256(root.key(suite).encode())
    for file in (*(Path(str(module.__file__)) for module in _MADE_BY), controller.NEUTRON_STUB):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _bake(lower: Path, made: Path, suite: Suite) -> None:
    """Start the node once with its upper layer in the cache, prepare the node, and shut the node down in good order."""
    partial = made.with_name(made.name + PARTIAL)
    if partial.exists():
        discard(partial)
    say(f"{CONTROLLER.name}: preparing its services once (about a minute)")
    node = Machine(CONTROLLER, suite, partial)
    node.mount([lower])
    node.prepare(controller.BAKED_UNITS)
    controller.bake(node)
    node.power_off()
    node.unmount()
    node.upper.rename(made)
    shutil.rmtree(partial)
    say(f"{CONTROLLER.name}: prepared")
    _prune(made, suite)


def _prune(made: Path, suite: Suite) -> None:
    """Remove the suite's old layers of 200 MB each, which changes to the files of `_MADE_BY` leave behind."""
    mounts = Path("/proc/self/mounts").read_text()
    for old in _FOLDER.glob(f"{suite.name}-*"):
        if old.is_dir() and old != made and str(old) not in mounts:
            shutil.rmtree(old)
