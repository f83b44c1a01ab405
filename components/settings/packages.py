"""Client packages on the hosts."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel


class Packages(SettingsModel):
    """Client packages, over Pulumi's own `command` provider."""

    install: bool = Field(
        False,
        description="Install what services need to reach Ceph, before anything else on their hosts; with the keys of "
        "ssh-agent, and host keys from ssh.known_hosts. Default false.",
    )
