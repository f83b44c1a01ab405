"""An operator's own commands, before and after a service; off unless asked for.

Like the packages, the commands go over Pulumi's `command` provider, which is a second way into the hosts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.service import AnyService
from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.remote_way import remote_command

Place = tuple[str, str]
"""A service's label and a host."""


def add_commands_before(
    draft: Draft, inventory: Inventory, *, former: Mapping[str, Sequence[str]]
) -> dict[Place, list[str]]:
    """Add the commands that run before a service is changed on a host.

    Args:
        draft: the graph.
        inventory: what the services need.
        former: host to the logical names of what has to be done on other hosts before anything there.

    Returns:
        Place to the logical names of its commands, which are made before anything of the service there.
    """
    made: dict[Place, list[str]] = {}
    for command, asked in inventory.settings.commands.items():
        for service, host in _places(inventory, asked.before, asked.hosts):
            name = _add(draft, inventory, command, host, needs=[names.preflight(host), *former.get(host, [])])
            made.setdefault((service.label, host), []).append(name)
    return made


def add_commands_after(draft: Draft, inventory: Inventory) -> None:
    """Add the commands that run when a service works with its new configuration on a host."""
    units = {(instance.service.name, instance.host): instance.daemon.unit for instance in inventory.daemons}
    for command, asked in inventory.settings.commands.items():
        for service, host in _places(inventory, asked.after, asked.hosts):
            restart = names.change_restart(units[service.name, host], host)
            _add(draft, inventory, command, host, needs=[restart])


def commands_after(inventory: Inventory) -> dict[str, list[str]]:
    """Return host to the logical names of the commands that run there after a service works."""
    made: dict[str, list[str]] = {}
    for command, asked in inventory.settings.commands.items():
        for _, host in _places(inventory, asked.after, asked.hosts):
            made.setdefault(host, []).append(names.command(command, host))
    return made


def _places(inventory: Inventory, service: str | None, hosts: Sequence[str] | None) -> Iterator[tuple[AnyService, str]]:
    """Yield each host of the service on which the command runs; nothing for None."""
    for wired in inventory.wired_services:
        if wired.service.name == service:
            yield from ((wired.service, host) for host in (wired.mine.hosts if hosts is None else hosts))


def _add(draft: Draft, inventory: Inventory, command: str, host: str, *, needs: Sequence[str]) -> str:
    asked, name = inventory.settings.commands[command], names.command(command, host)
    made = remote_command(
        draft,
        inventory.settings,
        ("commands", command),
        host,
        create=asked.create,
        update=asked.update or "",
        delete=asked.delete or "",
        show_output=asked.show_output,
    )
    if made is not None:
        draft.add(name, made, needs=needs)
    return name
