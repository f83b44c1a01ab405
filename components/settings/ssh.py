"""How hosts are reached."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.jump import Jump
from components.settings.values import Line, Port


class Ssh(SettingsModel):
    """How hosts are reached. Relative paths start at the project's folder."""

    user: Line = Field(description="User to log in as; with sudo, one whose sudo asks no password.")
    identity_file: Line | None = Field(
        None, description="Private key; relative to the project's folder. Default: the keys of ssh-agent."
    )
    known_hosts: Line | None = Field(None, description="Host keys, always checked. Default: ~/.ssh/known_hosts.")
    port: Port = Field(22, description="TCP port of the hosts' sshd. Default 22.")
    jump: Jump | None = Field(None, description="Way in: the name of one of `hosts`, or {address, port, user}.")
    # Strict, both: the provider takes them as they are written, and the text `no` is true.
    sudo: bool = Field(
        True, strict=True, description="Run the agent on the host under sudo. Default true; false: user is root."
    )
    python: Line = Field("python3", description="Python (3.6 or later) on the hosts. Default python3.")
    connect_timeout_s: float = Field(
        10, gt=0, le=600, strict=True, description="Seconds to wait for a connection. Default 10."
    )
