"""The rules of every part of the settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsModel(BaseModel):
    """The rules of every part: frozen, nothing unknown, and no rejected value in a message (it may be a key)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
