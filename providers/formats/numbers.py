"""Numbers as settings and states have them.

YAML's `true` is no number. A whole number may arrive as 3.0, because the engine's wire knows floats only.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, and is true or false; write a number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_no_bool)]
"""A whole number; 3.0 is 3."""

Number = Annotated[float, BeforeValidator(_no_bool)]
"""A number."""
