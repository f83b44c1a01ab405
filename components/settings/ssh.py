"""How hosts are reached."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.jump import Jump
from components.settings.values import Line, Port


class Ssh(SettingsModel):
    """How hosts are reached. Relative paths start at the project's folder."""

    user: Line = Field(description="User to log in as. With ssh.sudo the user's sudo must not ask for a password.")
    identity_file: Line | None = Field(
        None,
        description="Path of the private key, which may be relative to the project's folder. Default: the keys of "
        "ssh-agent.",
    )
    known_hosts: Line | None = Field(
        None,
        description="Path of the file with the hosts' keys, which are always checked. Default: ~/.ssh/known_hosts.",
    )
    port: Port = Field(22, description="TCP port of the hosts' sshd. Default 22.")
    jump: Jump | None = Field(None, description="Jump host: a name in hosts, or {address, port, user}. Default: none.")
    # Strict, as is connect_timeout_s, because the provider takes the value as it is written, and the text `no` is true.
    sudo: bool = Field(
        True,
        strict=True,
        description="Run the agent on the host under sudo; false needs root as ssh.user. Default true.",
    )
    python: Line = Field(
        "python3", description="Command that runs Python (3.6 or later) on the hosts. Default python3."
    )
    connect_timeout_s: float = Field(
        10, gt=0, le=600, strict=True, description="Seconds to wait for a connection. Default 10."
    )
