"""The rules of every part of the settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """The rules of every part: it is frozen, and refuses what it does not know.

    A message never holds a rejected value, because the value may be a key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
