"""The nodes of the lab: fixed names and addresses, so that the committed example settings are true."""

from __future__ import annotations

from typing import NamedTuple

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
MON_HOST = "[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"
USER = "deploy"


class Node(NamedTuple):
    name: str
    address: str
    role: str
    """ceph, controller, compute or release: names the module that prepares it."""


NODES = {
    node.name: node
    for node in (
        Node("ceph1", "127.0.2.1", "ceph"),
        Node("controller1", "127.0.2.11", "controller"),
        Node("compute1", "127.0.2.21", "compute"),
        Node("compute2", "127.0.2.22", "compute"),
    )
}
CEPH = NODES["ceph1"]
CONTROLLER = NODES["controller1"]
RELEASE = Node("controller2", "127.0.2.12", "release")
"""Not part of `lab/lab up`: started for another OpenStack release."""

ALL = {**NODES, RELEASE.name: RELEASE}
