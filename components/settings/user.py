"""Users of the cluster."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from typing_extensions import override

from components.settings.base import SettingsModel
from components.settings.values import Line, UsageName
from providers.formats.names import PoolName, UserName, Uuid
from providers.formats.numbers import WholeNumber


class User(SettingsModel):
    """A cephx user. The cluster makes the user's key and keeps it."""

    model_config = ConfigDict(
        json_schema_extra={"if": {"required": ["caps"]}, "then": {"properties": {"keep_pools": {"maxItems": 0}}}}
    )

    name: UserName = Field(
        description="Name without client. in front. The name cannot change; raise generation instead."
    )
    generation: WholeNumber = Field(
        1,
        ge=1,
        le=999,
        description="Raise the number to rotate the key: generation 2 is a second user, <name>-g2. Default 1.",
    )
    keep_previous: bool = Field(
        True,
        description="Keep the previous generation's user; set it to false in a later run to delete that user. Default "
        "true.",
    )
    adopt: bool | None = Field(
        None,
        description="Take over the first generation's user, keyrings and secrets if they exist. Default: adopt of the "
        "stack.",
    )
    caps: dict[str, Line] | None = Field(
        None,
        min_length=1,
        description="Caps of the user by daemon, {mon: …, mgr: …, osd: …}, instead of those that the service gives it: "
        "to keep a user as it was made. Default: those of Ceph's documentation.",
    )
    keep_pools: list[PoolName] = Field(
        default=[],
        description="Further pools that the user may read and write, until the guests that have images open there as "
        "this user were hard-rebooted. Default: none.",
    )

    @model_validator(mode="after")
    def _caps_or_pools(self) -> User:
        if self.caps is not None and self.keep_pools:
            raise ValueError("keep_pools adds to the service's caps; with caps write the pools there")
        return self

    @property
    def entity(self) -> str:
        """The entity that services use now, such as `client.cinder` or `client.cinder-g2`."""
        return self.entity_of(self.generation)

    @property
    def login(self) -> str:
        """The entity without `client.`, as the options of services name it."""
        return self.entity.removeprefix("client.")

    @property
    def generations(self) -> list[int]:
        """The generations that exist, oldest first."""
        return (
            [self.generation - 1, self.generation] if self.generation > 1 and self.keep_previous else [self.generation]
        )

    def elsewhere(self) -> Self:
        """Return the user of this name on another cluster, without what the settings say of the user on one cluster."""
        return self.model_copy(update={"caps": None, "keep_pools": []})

    def entity_of(self, generation: int) -> str:
        """Return the entity of a generation."""
        return f"client.{self.name}" if generation == 1 else f"client.{self.name}-g{generation}"


class SecretUser(User):
    """A user whose key also lies in a libvirt secret on every compute."""

    secret_uuid: Uuid | None = Field(
        None,
        description="UUID of the first generation's libvirt secret, to keep a secret that exists. Default: derived "
        "from "
        "the fsid and the user.",
    )
    secret_usage: UsageName | None = Field(
        None,
        description="Usage name of the first generation's libvirt secret, to keep a secret that exists, such as "
        "client.cinder secret in the guides. libvirt cannot change the usage name. Default: client.<name> of ceph "
        "<fsid>.",
    )

    @override
    def elsewhere(self) -> Self:
        return super().elsewhere().model_copy(update={"secret_uuid": None, "secret_usage": None})
