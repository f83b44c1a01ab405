"""The nodes of the lab, with fixed names and addresses so that Pulumi.dev.yaml can name them."""

from __future__ import annotations

from typing import NamedTuple

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
WEST_FSID = "0e57e57e-0c1e-4d0a-9b6e-1ab0ce9d0502"
USER = "deploy"


class Node(NamedTuple):
    """One node of the lab.

    Attributes:
        name: The host name.
        address: An IPv4 address in 127.0.0.0/8, because all nodes share the machine's network.
        role: ceph, controller, compute or release; names the module that prepares the node.
    """

    name: str
    address: str
    role: str

    @property
    def mon_host(self) -> str:
        """The monitor of a node that has a cluster, as `ceph config generate-minimal-conf` prints it."""
        return f"[v2:{self.address}:3300/0,v1:{self.address}:6789/0]"


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
"""The node for another OpenStack release, which `lab/lab release` starts and `lab/lab up` does not."""

WEST = Node("west1", "127.0.2.5", "ceph")
"""The node with a second cluster, which `lab/lab west` starts and `lab/lab up` does not."""

ALL = {**NODES, RELEASE.name: RELEASE, WEST.name: WEST}
