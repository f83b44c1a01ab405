"""An operator's own command on hosts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from components.settings.base import SettingsModel
from providers.formats.names import HostName

ShellCommand = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class RemoteCommand(SettingsModel):
    """A command that Pulumi's own `command` provider runs on the hosts of a service, once, until the command changes.

    The command runs as the user who logs in, with the keys of ssh-agent; host keys come from ssh.known_hosts. The
    state holds the command, and as a secret what it prints.
    """

    before: str | None = Field(
        None,
        description="Service, such as nova: the command runs before anything of that service is changed on a host, and "
        "`delete` runs after all of it was undone. Either before or after.",
    )
    after: str | None = Field(
        None,
        description="Service: the command runs when that service works with its new configuration on a host, and "
        "`delete` runs before anything of it is undone. Either before or after.",
    )
    hosts: list[HostName] | None = Field(
        None, min_length=1, description="Hosts of that service on which the command runs. Default: all of them."
    )
    create: ShellCommand = Field(description="The command line, for the login shell. Write sudo yourself.")
    update: ShellCommand | None = Field(
        None, description="The command line that runs when `create` or `update` was changed. Default: `create` again."
    )
    delete: ShellCommand | None = Field(
        None, description="The command line that runs when the command or the stack is taken out. Default: nothing."
    )
    show_output: bool = Field(
        False,
        description="Print what the command prints, which then stands in the logs of the CI, too. Default false.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> RemoteCommand:
        if (self.before is None) == (self.after is None):
            raise ValueError("needs either before or after, with the name of a service")
        return self

    @property
    def service(self) -> str:
        """The service's setting, such as `nova`."""
        return self.before or self.after or ""
