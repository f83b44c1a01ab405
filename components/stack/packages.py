"""Client packages, installed over Pulumi's `command` provider; off unless asked for.

The provider is off by default, because it is a second way into the hosts beside the agent. A destroy does not remove
packages.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from components.stack import names
from components.stack.draft import Draft
from components.stack.inventory import Inventory
from components.stack.remote_way import remote_command

_SETTING = ("packages", "install")


def install(draft: Draft, inventory: Inventory, host: str, packages: Sequence[str], *, needs: Sequence[str]) -> None:
    """Add the command that installs the packages on a host. A host that the provider cannot reach is a problem."""
    platform, sudo = inventory.site.platform, "sudo -n " if inventory.settings.ssh.sudo else ""
    commands = [f"{platform.install} {shlex.join(sorted(packages))}"]
    if platform.refresh:
        commands.insert(0, platform.refresh)
    create = " && ".join(f"{sudo}{command}" for command in commands)
    command = remote_command(draft, inventory.settings, _SETTING, host, create=create)
    if command is not None:
        draft.add(names.packages(host), command, needs=needs)
