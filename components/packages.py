"""Client packages, installed over Pulumi's `command` provider; off unless asked for.

Opt-in, for it is another way in beside the agent: the plugin is downloaded by the CLI, it connects by itself, and it knows no
identity file without putting the private key into the state. So it signs in with ssh-agent only. Packages stay at destroy.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi import Resource, ResourceOptions

from .context import Context
from .known_hosts import host_key
from .settings import JumpHost


def installed(context: Context, needs: Mapping[str, Sequence[str]], *, after: Resource) -> dict[str, Resource]:
    """Return host -> the command that installs the packages that `needs` lists for it.

    Raises `pulumi.RunError` with one line per host that has no known host key, or cannot be reached this way.
    """
    from pulumi_command.remote import Command, ConnectionArgs  # takes long to import, and nobody else needs it

    connections: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for host in needs:
        try:
            connections[host] = _connection(context, host)
        except ValueError as problem:
            problems.append(f"ceph-openstack:packages.install: {problem}")
    if problems:
        raise pulumi.RunError("\n".join(problems))
    sudo = "sudo -n " if context.settings.ssh.sudo else ""
    made: dict[str, Resource] = {}
    for host, packages in needs.items():
        names = shlex.join(sorted(packages))
        made[host] = Command(
            f"packages-{host}",
            connection=ConnectionArgs(**connections[host]),
            create=f"{sudo}{context.platform.install} {names}",
            opts=ResourceOptions(depends_on=[after]),
        )
    return made


def _connection(context: Context, name: str) -> dict[str, Any]:
    """Return how the command provider reaches a host; no key and no password is among it."""
    settings = context.settings
    host, ssh = settings.hosts[name], settings.ssh
    if host.prefix or host.address == "local":
        raise ValueError(
            f"hosts.{name} is a container or this machine; install its packages yourself, and leave this out"
        )
    address, port = host.address or name, host.port or ssh.port
    way: dict[str, Any] = _endpoint(context, address, port, host.user or ssh.user)
    jump = ssh.jump if host.jump is None else host.jump
    if jump is not None and jump != name:
        way["proxy"] = _proxy(context, jump)
    return way


def _proxy(context: Context, jump: str | JumpHost) -> dict[str, Any]:
    ssh = context.settings.ssh
    if isinstance(jump, JumpHost):
        return _endpoint(context, jump.address, jump.port, jump.user or ssh.user)
    host = context.settings.hosts[jump]
    if host.jump is not None:
        raise ValueError(f"hosts.{jump} is jumped through and jumps itself: one jump only this way; leave this out")
    return _endpoint(context, host.address or jump, host.port or ssh.port, host.user or ssh.user)


def _endpoint(context: Context, address: str, port: int, user: str) -> dict[str, Any]:
    file = Path(context.settings.ssh.known_hosts or "~/.ssh/known_hosts").expanduser()
    try:
        key = host_key(file, address, port)
    except (OSError, ValueError) as problem:
        raise ValueError(
            f"{file} cannot be read ({problem}), and host keys are always checked; set ssh.known_hosts"
        ) from None
    if key is None:
        raise ValueError(
            f"{file} has no key of {address} port {port}, and host keys are always checked; add it: ssh-keyscan"
        )
    return {"host": address, "port": port, "user": user, "host_key": key}
