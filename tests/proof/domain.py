"""What libvirt on a compute says of a server: as whom each of its disks was opened."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from openstack.connection import Connection

from tests.live import lab
from tests.proof import steps


def disk_users(admin: Connection, server: Any) -> dict[str, tuple[str, str]]:
    """Return user and secret of each disk of a running server that is an RBD image, by the image's pool."""
    text = lab.on(steps.host_of(admin, server), "virsh", "--quiet", "dumpxml", server.id)
    found = {}
    for disk in ElementTree.fromstring(text).findall("./devices/disk"):  # noqa: S314 - libvirt wrote it
        source = disk.find("./source[@protocol='rbd']")
        if source is None:
            continue
        auth, secret = disk.find(".//auth"), disk.find(".//auth/secret")
        assert auth is not None
        assert secret is not None
        found[source.get("name", "").partition("/")[0]] = (auth.get("username", ""), secret.get("uuid", ""))
    return found
