"""RemoteCommand: a command on a host that Pulumi's own `command` provider runs, and how the command gets there."""

from __future__ import annotations

from dataclasses import dataclass

from components.stack.endpoint import Endpoint


@dataclass(frozen=True)
class RemoteCommand:
    """A command on a host. The fields `create`, `update` and `delete` are those of pulumi-command's `remote.Command`.

    Attributes:
        setting: the setting that asks for it, such as `packages.install`.
        host: the sshd of the host that the command runs on.
        proxy: the sshd of the jump host; None when `host` is reached directly.
        known_hosts: path of the file with the host keys, which are always checked.
        create: the command line.
        update: the command line when `create` was changed; empty: `create` again.
        delete: the command line of a deletion; empty: nothing is run.
        show_output: whether Pulumi prints what the command prints.
    """

    setting: str
    host: Endpoint
    proxy: Endpoint | None
    known_hosts: str
    create: str
    update: str = ""
    delete: str = ""
    show_output: bool = True
