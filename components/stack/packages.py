"""Client packages, installed over Pulumi's `command` provider; off unless asked for.

The provider is off by default, because it is a second way into the hosts beside the agent. Pulumi's CLI downloads the
provider's plugin, and the plugin connects to hosts by itself. A private key given to the plugin would end up in the
state, so the plugin logs in with the keys of ssh-agent only. A destroy does not remove packages.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from components.settings.jump import JumpHost
from components.settings.problem import Problem
from components.stack import names
from components.stack.draft import Draft
from components.stack.endpoint import Endpoint
from components.stack.inventory import Inventory
from components.stack.package_install import PackageInstall
from components.stack.stack_settings import StackSettings


def install(draft: Draft, inventory: Inventory, host: str, packages: Sequence[str]) -> None:
    """Add the command that installs the packages on a host. A host that the provider cannot reach is a problem."""
    settings = inventory.settings
    try:
        endpoint, proxy = _endpoints(settings, host)
    except ValueError as problem:
        draft.problems.append(Problem(("packages", "install"), str(problem)))
        return
    sudo = "sudo -n " if settings.ssh.sudo else ""
    command = f"{sudo}{inventory.site.platform.install} {shlex.join(sorted(packages))}"
    known_hosts = settings.ssh.known_hosts or "~/.ssh/known_hosts"
    draft.add(names.packages(host), PackageInstall(endpoint, proxy, known_hosts, command), needs=[names.GATE])


def _endpoints(settings: StackSettings, name: str) -> tuple[Endpoint, Endpoint | None]:
    host, ssh = settings.hosts[name], settings.ssh
    if host.prefix or host.address == "local":
        raise ValueError(
            f"hosts.{name} is a container or this machine; install its packages yourself, and leave this out"
        )
    jump = ssh.jump if host.jump is None else host.jump
    proxy = _proxy(settings, jump) if jump is not None and jump != name else None
    return Endpoint(host.address or name, host.port or ssh.port, host.user or ssh.user), proxy


def _proxy(settings: StackSettings, jump: str | JumpHost) -> Endpoint:
    ssh = settings.ssh
    if isinstance(jump, JumpHost):
        return Endpoint(jump.address, jump.port, jump.user or ssh.user)
    host = settings.hosts[jump]
    if host.jump is not None:
        raise ValueError(f"hosts.{jump} is jumped through and jumps itself: one jump only this way; leave this out")
    return Endpoint(host.address or jump, host.port or ssh.port, host.user or ssh.user)
