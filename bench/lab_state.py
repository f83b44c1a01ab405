"""Save and restore the lab around a peer, because peers cannot undo what they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.live import lab

POOLS = ("volumes", "images", "backups", "vms")
USERS = ("client.glance", "client.cinder", "client.cinder-backup")
SAVED = "/run/bench-saved.tar"
FOLDERS = {
    lab.CONTROLLER: "etc/ceph etc/glance etc/cinder",
    **dict.fromkeys(lab.COMPUTES, "etc/ceph etc/nova"),
}


def state() -> dict[str, Any]:
    """Return what a stack's life must leave as it was: /etc of every node, the cluster, libvirt's secrets."""
    return {
        **{node: lab.etc(node) for node in lab.NODES},
        "cluster": lab.cluster_state(),
        "secrets": {node: lab.secrets(node) for node in lab.COMPUTES},
    }


@contextmanager
def restored() -> Iterator[None]:
    """Save the nodes' configuration, and afterwards put it back, restart the services and remove pools and users."""
    for node, folders in FOLDERS.items():
        lab.shell(node, f"cd / && tar -cpf {SAVED} {folders}")
    try:
        yield
    finally:
        for node, folders in FOLDERS.items():
            lab.shell(node, f"cd / && rm -rf {folders} && tar -xpf {SAVED} && rm -f {SAVED} /run/set_options.py")
        for node in lab.COMPUTES:
            for secret in lab.secrets(node):
                lab.on(node, "virsh", "--quiet", "secret-undefine", secret)
        for node, unit in lab.SERVICES:
            lab.on(node, "systemctl", "restart", unit)
        for pool in POOLS:
            lab.on("ceph1", "ceph", "osd", "pool", "rm", pool, pool, "--yes-i-really-really-mean-it")
        for user in USERS:
            lab.on("ceph1", "ceph", "auth", "rm", user)
