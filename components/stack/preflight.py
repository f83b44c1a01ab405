"""What comes first on every host: a check of the host and, if the settings ask for it, the packages to install."""

from __future__ import annotations

from components.services.package import Package
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.packages import install
from components.stack.repository import add_repository
from providers.models import PreflightDesired


def add_preflights(draft: Draft, inventory: Inventory) -> None:
    """Add the check of each host, which fails when a package is missing or a server there would not start again."""
    asked = inventory.settings.packages
    refusing = {
        host for wired in inventory.wired_services for host in wired.service.hosts_refusing_local_disks(wired.mine)
    }
    for host in inventory.hosts:
        needed = _needed(inventory, host)
        first = [names.GATE, *add_repository(draft, inventory, host)]
        if asked and asked.install:
            install(draft, inventory, host, [package.name for package in needed], needs=first)
            first = [names.packages(host)]
        with draft.made_from("hosts", host):
            desired = PreflightDesired(
                stack=inventory.site.stack,
                host=host,
                packages={package.name: package.installed_path for package in needed},
                refuse_local_disks=host in refusing,
            )
            draft.add(names.preflight(host), desired, needs=first)


def _needed(inventory: Inventory, host: str) -> list[Package]:
    here = [instance for instance in inventory.daemons if instance.host == host]
    return list(dict.fromkeys(package for instance in here for package in instance.daemon.ceph_packages))
