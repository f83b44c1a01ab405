"""Desired: what is wanted of a thing."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field


def reported(value: Any, description: str) -> Any:
    """Return a field that nobody asks for. A refresh reports in the field what is not as it should be.

    The field is an input, because Pulumi shows drift in inputs only. A program never sends the field.
    """
    return Field(value, description=description, json_schema_extra={"reported": True})


def remembered(**default: Any) -> Any:
    """Return a field that only an old state can fill, for an update or a refresh to act on. The field is no input."""
    return Field(exclude=True, **default)


class Desired(BaseModel):
    """What is wanted. Holds names and values, never a key. Every kind adds its own fields.

    The fields that are asked for come first; those that are `reported` or `remembered` stand at the end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # The journal's folder and the prefix of its keys are named after the stack.
    stack: str = Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$", max_length=100, description="The stack's name.")

    def as_given(self) -> dict[str, Any]:
        """Return the inputs that a program sends to the engine: what was asked for, and nothing that is None."""
        return self.model_dump(exclude_unset=True, exclude_none=True, exclude=set(self.reported_fields()))

    @classmethod
    def reported_fields(cls) -> list[str]:
        """Return the names of the fields that refresh reports and nobody asks for."""
        return [
            name
            for name, field in cls.model_fields.items()
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("reported")
        ]

    def as_stored(self) -> Self:
        """Return the inputs as the state keeps them, with every default and every name in its full form."""
        return self
