"""PackageInstall: the command that installs packages on a host, and how the command gets there."""

from __future__ import annotations

from dataclasses import dataclass

from components.stack.endpoint import Endpoint


@dataclass(frozen=True)
class PackageInstall:
    """A command on a host, run over Pulumi's own `command` provider.

    Attributes:
        host: where it is run.
        proxy: through whom `host` is reached; None: directly.
        known_hosts: file of the host keys, which are always checked.
        command: the command line.
    """

    host: Endpoint
    proxy: Endpoint | None
    known_hosts: str
    command: str
