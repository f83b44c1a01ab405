"""The values that we set, as a record keeps them.

Several values are kept, because after a run that was cut off the thing may still have an earlier value of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

VALUES_KEPT = 5


def with_values(known: Mapping[str, list[Any]], given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values that we set by name, with the given values as the newest, which stand last."""
    return {**known, **{name: with_value(known.get(name, []), value) for name, value in given.items()}}


def with_value(known: Sequence[Any], value: Any) -> list[Any]:
    """Return at most `VALUES_KEPT` values that we set, with `value` as the newest, which stands last."""
    return [*(earlier for earlier in known if earlier != value), value][-VALUES_KEPT:]
