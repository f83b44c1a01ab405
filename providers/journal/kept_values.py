"""The values that we set, as a record keeps them: after a cut the thing may still have the one before."""

from __future__ import annotations

from typing import Any

VALUES_KEPT = 5


def with_values(known: dict[str, list[Any]], given: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the values that we set, the newest last: after a cut the thing may still have the one before."""
    return {**known, **{name: _with_value(known.get(name, []), value) for name, value in given.items()}}


def _with_value(known: list[Any], value: Any) -> list[Any]:
    return [*(one for one in known if one != value), value][-VALUES_KEPT:]
