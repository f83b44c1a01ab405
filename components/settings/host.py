"""One machine."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.jump import Jump
from components.settings.values import Line, Port


class Host(SettingsModel):
    """One machine. What is left out comes from `ssh`."""

    address: Line | None = Field(
        None,
        description="Name or address to connect to; local is the machine that runs Pulumi. Default: the name in hosts.",
    )
    port: Port | None = Field(None, description="TCP port of the host's sshd. Default: ssh.port.")
    user: Line | None = Field(None, description="User to log in as. Default: ssh.user.")
    jump: Jump | None = Field(None, description="Jump host, written as in ssh.jump. Default: ssh.jump.")
    prefix: list[Line] = Field(
        default=[],
        description='Command that leads into a container, such as ["docker", "exec", "-i", "mon"]. Default: none.',
    )
