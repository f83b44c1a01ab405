"""The way in through another host."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from components.settings.base import SettingsModel
from components.settings.values import Line, Port
from providers.formats.names import HostName


class JumpHost(SettingsModel):
    """A host that is only jumped through."""

    address: Line = Field(description="Name or address of the jump host.")
    port: Port = Field(22, description="TCP port of the jump host's sshd. Default 22.")
    user: Line | None = Field(None, description="User to log in as on the jump host. Default: ssh.user.")


def _jump_kind(value: object) -> str:
    return "name" if isinstance(value, str) else "address"


Jump = Annotated[Annotated[HostName, Tag("name")] | Annotated[JumpHost, Tag("address")], Discriminator(_jump_kind)]
