"""The values that we set, as a record keeps them: after a cut the thing may still have the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

VALUES_KEPT = 5


def with_values(known: Mapping[str, list[Any]], given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values that we set, the newest last: after a cut the thing may still have the one before."""
    return {**known, **{name: with_value(known.get(name, []), value) for name, value in given.items()}}


def with_value(known: Sequence[Any], value: Any) -> list[Any]:
    """Return the values that we set, with this one as the newest."""
    return [*(one for one in known if one != value), value][-VALUES_KEPT:]
