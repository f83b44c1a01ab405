"""How Pulumi's `command` provider reaches a host of the settings."""

from __future__ import annotations

from components.settings.jump import JumpHost
from components.settings.problem import Problem, Where
from components.stack.draft import Draft
from components.stack.endpoint import Endpoint
from components.stack.refusal import path_text
from components.stack.remote_command import RemoteCommand
from components.stack.stack_settings import StackSettings


def remote_command(
    draft: Draft,
    settings: StackSettings,
    where: Where,
    host: str,
    *,
    create: str,
    update: str = "",
    delete: str = "",
    show_output: bool = True,
) -> RemoteCommand | None:
    """Return a command on a host; None after it has noted as a problem that the provider cannot reach the host.

    Args:
        draft: the graph, which collects the problems.
        settings: the stack's settings.
        where: path of the setting that asks for the command.
        host: name of the host.
        create: the command line.
        update: the command line when `create` was changed; empty: `create` again.
        delete: the command line of a deletion; empty: nothing is run.
        show_output: whether Pulumi prints what the command prints.
    """
    try:
        endpoint, proxy = _endpoints(settings, host)
    except ValueError as problem:
        draft.problems.append(Problem(where, str(problem)))
        return None
    known_hosts = settings.ssh.known_hosts or "~/.ssh/known_hosts"
    return RemoteCommand(path_text(where), endpoint, proxy, known_hosts, create, update, delete, show_output)


def _endpoints(settings: StackSettings, name: str) -> tuple[Endpoint, Endpoint | None]:
    host, ssh = settings.hosts[name], settings.ssh
    if host.prefix or host.address == "local":
        raise ValueError(
            f"hosts.{name} is a container or this machine, which Pulumi's command provider does not reach; do it there "
            "yourself, and leave this out"
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
