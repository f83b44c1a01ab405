"""What an operator is told of sockets and logs that the settings ask for of every client of a host."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.notice import Notice
from components.stack.inventory import Inventory
from components.stack.refusal import path_text
from providers.formats.ceph_conf import CEPH_CONF

CLIENT_FILES = "client-files"
"""How the notice is called."""


def client_file_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield that nobody makes the folder of a socket or log that is for every client."""
    for option in inventory.settings.cluster.client_options:
        if CEPH_CONF.option_key(option) in ("admin_socket", "log_file"):
            yield Notice(
                "warning",
                CLIENT_FILES,
                path_text((*inventory.cluster_setting, "client_options", option)),
                "every client of a host gets it, and no folder is made: the user of each service and qemu's user have "
                "to be able to write there; for guests alone set nova.client_options, which makes the folder",
            )
