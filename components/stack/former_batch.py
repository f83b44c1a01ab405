"""What has to be done on the hosts of a rollout's former batch before anything is changed on a host."""

from __future__ import annotations

from components.stack import names
from components.stack.commands import commands_after
from components.stack.inventory import Inventory
from components.stack.service_rollout import hosts_before


def former_batch(inventory: Inventory) -> dict[str, list[str]]:
    """Return, by host, the logical names of all restarts on the hosts of the former batch, and of commands after them.

    An operator's command after a service may be the very test of the canary.
    """
    done: dict[str, list[str]] = {}
    for instance in inventory.daemons:
        done.setdefault(instance.host, []).append(names.change_restart(instance.daemon.unit, instance.host))
    for host, commands in commands_after(inventory).items():
        done.setdefault(host, []).extend(commands)
    return {
        host: [name for before in former for name in done[before]]
        for host, former in hosts_before(inventory.rollouts).items()
    }
