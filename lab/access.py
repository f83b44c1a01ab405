"""How the machine reaches the nodes: one key pair, the nodes' host keys, known_hosts."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from lab.command import HUNG_S, run
from lab.errors import LabError
from lab.nodes import ALL, USER, Node
from lab.paths import STATE

FOLDER = STATE / "ssh"
IDENTITY = FOLDER / "id_ed25519"
KNOWN_HOSTS = FOLDER / "known_hosts"


def ensure() -> None:
    """Make the missing keys, and write known_hosts anew.

    Host keys are made here, before the nodes start, so that known_hosts is complete from the start.
    A key stays until `lab/lab down` removes the checkout's state.
    """
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    _key(IDENTITY, f"{USER} of the lab")
    for node in ALL.values():
        _key(host_key(node), node.name)
    known = "".join(
        f"{node.name},{node.address} {' '.join(_public(host_key(node)).split()[:2])}\n" for node in ALL.values()
    )
    KNOWN_HOSTS.write_text(known)


def host_key(node: Node) -> Path:
    """Return the path of a node's private ed25519 host key; the public key lies beside it as `.pub`."""
    return FOLDER / f"host_{node.name}"


def authorized() -> str:
    """Return the line of authorized_keys that lets the lab's user in."""
    return _public(IDENTITY)


def ssh(node: Node, command: list[str], *, terminal: bool = False) -> list[str]:
    """Return the ssh command line, which uses nothing of the user's own configuration, agent or keys.

    Args:
        node: The node to log in to.
        command: The remote command and its arguments; empty for a login shell.
        terminal: Whether the command gets a terminal.
    """
    options = ["-F", "none", "-i", str(IDENTITY)]
    for option in (
        "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=yes",
        f"UserKnownHostsFile={KNOWN_HOSTS}", "GlobalKnownHostsFile=none",
        "BatchMode=yes", "ConnectTimeout=5", "LogLevel=ERROR",
    ):  # fmt: skip
        options += ["-o", option]
    return ["ssh", *(["-t"] if terminal else []), *options, f"{USER}@{node.address}", *command]


def reached(node: Node, seconds: float = HUNG_S) -> None:
    """Wait until ssh and sudo work as they do for users, or raise LabError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        done = subprocess.run(
            ssh(node, ["sudo", "-n", "true"]), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode == 0:
            return
        if time.monotonic() > deadline:
            raise LabError(f"{node.name}: ssh to {node.address}: {done.stderr.strip()}; see `lab/lab logs {node.name}`")
        time.sleep(0.2)


def _key(file: Path, comment: str) -> None:
    if not file.exists():
        run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file],
            what=f"ssh: key {file.name}",
        )


def _public(private: Path) -> str:
    return private.with_name(private.name + ".pub").read_text()
