"""PackageInstall: the command that installs packages on a host, and how the command gets there."""

from __future__ import annotations

from dataclasses import dataclass

from components.stack.endpoint import Endpoint


@dataclass(frozen=True)
class PackageInstall:
    """A command on a host, run over Pulumi's own `command` provider.

    Attributes:
        host: the sshd of the host that the command runs on.
        proxy: the sshd of the jump host; None when `host` is reached directly.
        known_hosts: path of the file with the host keys, which are always checked.
        command: the command line.
    """

    host: Endpoint
    proxy: Endpoint | None
    known_hosts: str
    command: str
