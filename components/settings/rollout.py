"""In which order the hosts of a service are changed."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from components.settings.base import SettingsModel
from providers.formats.names import HostName
from providers.formats.numbers import WholeNumber


class Rollout(SettingsModel):
    """Batches of hosts, each of which waits until the former one works."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    canary: list[HostName] = Field(
        default=[],
        description="Hosts, out of the service's hosts, that are changed wholly (files and restart) before any other. "
        "Default: none.",
    )
    batch: WholeNumber | None = Field(
        None,
        ge=1,
        description="How many hosts are changed at a time, canaries included, in the order of the service's hosts. "
        "Default: all at once, after the canaries.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.canary and self.batch is None:
            raise ValueError("needs canary or batch; add one, or leave rollout out")
        return self
