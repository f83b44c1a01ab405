"""Keyed: names whose order means nothing, sent as the keys of a map.

The engine compares lists by index. A name that is taken out of a list shows as a change of all names after that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer


def as_keys(names: Iterable[str]) -> dict[str, bool]:
    """Return the map that stands for the names: `{"images": true}`."""
    return dict.fromkeys(names, True)


def _names(given: Any) -> Any:
    return sorted(given) if isinstance(given, Mapping) else given


FROM_KEYS, TO_KEYS = BeforeValidator(_names), PlainSerializer(as_keys)
"""For the annotation of a list: read from such a map in the order of its keys, and dumped as such a map."""

Keyed = Annotated[list[str], FROM_KEYS, TO_KEYS]
"""Names in no order."""
