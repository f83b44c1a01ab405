"""What comes first on every host: a look at it, and, where it is asked for, the packages that services need."""

from __future__ import annotations

from components.services.package import Package
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.packages import install
from providers.models import PreflightDesired


def add_preflights(draft: Draft, inventory: Inventory) -> None:
    """Add, for each host, what refuses to go on there when a package is missing or a server would be harmed."""
    asked = inventory.settings.packages
    refusing = {host for one in inventory.present for host in one.service.hosts_refusing_local_disks(one.mine)}
    for host in inventory.hosts:
        needed = _needed(inventory, host)
        first = names.GATE
        if asked and asked.install:
            first = names.packages(host)
            install(draft, inventory, host, [one.name for one in needed])
        with draft.made_from("hosts", host):
            desired = PreflightDesired(
                stack=inventory.site.stack,
                host=host,
                packages={one.name: one.installed_path for one in needed},
                refuse_local_disks=host in refusing,
            )
            draft.add(names.preflight(host), desired, needs=[first])


def _needed(inventory: Inventory, host: str) -> list[Package]:
    here = [one for one in inventory.running if one.host == host]
    return list(dict.fromkeys(package for one in here for package in one.daemon.ceph_packages))
