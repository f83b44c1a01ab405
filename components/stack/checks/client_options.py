"""What is refused in `client_options`: names that Ceph does not read, and sockets in a folder that nobody makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from components.settings.problem import Problem, Where
from components.stack.inventory import Inventory
from providers.formats.ceph_conf import CEPH_CONF

_RUN = re.compile(r"(/var)?/run/")


def client_option_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each name with a `-`, and each socket and log of all clients below /run.

    /run is empty after a reboot, and each service is another user there.
    """
    of_guests: dict[Where, Mapping[str, str]] = {
        (wired.service.name,): wired.service.guest_options(wired.mine) for wired in inventory.wired_services
    }
    of_clusters: dict[Where, Mapping[str, str]] = {("cluster",): inventory.settings.cluster.client_options}
    of_clusters |= {("clusters", name): one.client_options for name, one in inventory.settings.clusters.items()}
    for owner, options in {**of_clusters, **of_guests}.items():
        for option in options:
            if "-" in option:
                advice = f"is no option to Ceph, which reads no `-` in a file; write {option.replace('-', '_')}"
                yield Problem((*owner, "client_options", option), advice)
    shared = [(owner, option, value) for owner, options in of_clusters.items() for option, value in options.items()]
    for owner, option, value in shared:
        if CEPH_CONF.option_key(option) in ("admin_socket", "log_file") and _RUN.match(value):
            yield Problem(
                (*owner, "client_options", option),
                "is below /run, and no folder there is made for the users of all services; for guests set "
                "nova.client_options, which makes the folder, else choose a folder on disk that these users may "
                "write to",
            )
