"""Client packages on the hosts."""

from __future__ import annotations

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.repository import Repository


class Packages(SettingsModel):
    """Client packages, which Pulumi's own `command` provider installs, and where they come from."""

    install: bool = Field(
        False,
        description="Install the packages that services need to reach Ceph, before anything else is done on a host. "
        "Logs in with the keys of ssh-agent, and takes host keys from ssh.known_hosts. Default false.",
    )
    repository: Repository | None = Field(
        None,
        description="A repository of packages on every host of a service, such as Ceph's own, with its key. Default: "
        "the hosts' repositories are left alone.",
    )
