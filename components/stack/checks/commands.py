"""Commands: a service that is not in the stack, and hosts that are not the service's."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem, hint
from components.stack.inventory import Inventory


def command_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each command before or after a service that the stack lacks, and each host where that service is not."""
    hosts = {wired.service.name: wired.mine.hosts for wired in inventory.wired_services}
    for name, asked in inventory.settings.commands.items():
        word = "after" if asked.before is None else "before"
        if asked.service not in hosts:
            known = f"known are {', '.join(hosts)}" if hosts else "the stack has no service"
            yield Problem(
                ("commands", name, word),
                f'"{asked.service}" is not a service of the stack; {hint(asked.service, hosts, known)}',
            )
            continue
        for index, host in enumerate(asked.hosts or ()):
            if host not in hosts[asked.service]:
                known = hint(host, hosts[asked.service], f"add it to {asked.service}.hosts, or leave it out")
                yield Problem(("commands", name, "hosts", index), f'"{host}" is not in {asked.service}.hosts; {known}')
            elif host in (asked.hosts or ())[:index]:
                yield Problem(("commands", name, "hosts", index), f'"{host}" is listed twice; remove one')
