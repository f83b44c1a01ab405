"""Where a key comes from when there is no way into the cluster."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from components.settings.base import SettingsModel
from components.settings.values import Line


class KeySource(SettingsModel):
    """Where a key lies on the machine that runs Pulumi.

    The key itself is never a setting, because settings end up in the state.
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    file: Line | None = Field(None, description="Path of a keyring, or of a file that holds only the key.")
    env: Line | None = Field(None, description="Environment variable that holds the key.")

    @model_validator(mode="after")
    def _one(self) -> KeySource:
        if (self.file is None) == (self.env is None):
            raise ValueError("needs either `file` or `env`")
        return self
