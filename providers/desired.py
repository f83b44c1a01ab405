"""Desired: what is wanted of a thing."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


class Desired(BaseModel):
    """What is wanted. Holds names and values, never a key. Every kind adds its own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # A folder and a prefix are named after it.
    stack: str = Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$", max_length=100, description="The stack's name.")

    def as_given(self) -> dict[str, Any]:
        """Return the inputs that a program sends to the engine: what was set, and nothing that is None."""
        return self.model_dump(exclude_unset=True, exclude_none=True)

    def as_stored(self) -> Self:
        """Return the inputs as the state keeps them, with every default and every name in its full form."""
        return self
