"""ByteCount: a number of bytes, which may be written with a unit, as Ceph takes it: `10G` is 10 · 1024³."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from providers.formats.numbers import WholeNumber

_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_PATTERN = r"([0-9]{1,18})([KMGTP]?)"
_MUST = "must be a number of bytes, such as 1099511627776 or 1T (1024 to a unit)"


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(_PATTERN, value)
    if not found:
        raise ValueError(f"{_MUST}; write one")
    return int(found[1]) << 10 * _UNITS[found[2]]


ByteCount = Annotated[
    WholeNumber,
    BeforeValidator(_bytes),
    WithJsonSchema(
        {"type": ["integer", "string"], "minimum": 0, "pattern": f"^{_PATTERN}$", "patternErrorMessage": _MUST}
    ),
]
