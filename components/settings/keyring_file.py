"""How a user's keyring lies on hosts where it differs from what the program would make."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.values import Line, Path
from providers.formats.paths import Mode


class KeyringFile(SettingsModel):
    """How a user's keyring lies on a service's hosts. What is left out is as the program makes it."""

    path: Path | None = Field(None, description="Path of the keyring. Default /etc/ceph/<cluster>.<entity>.keyring.")
    owner: Line | None = Field(None, description="Owner of the keyring. Default: the service's user.")
    group: Line | None = Field(None, description="Group of the keyring. Default: the service's group.")
    mode: Mode | None = Field(None, description='Mode of the keyring, in quotes. Default "0640".')
    managed: bool = Field(
        True,
        description="Whether the stack keeps the keyring, and names it in ceph.conf. With false the stack leaves a "
        "keyring alone on these hosts, also if there is none; a keyring that the stack made there is taken away first. "
        "Default true.",
    )
