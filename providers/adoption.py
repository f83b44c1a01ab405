"""Taking over what exists: when a run only records a thing, and the refusal of a thing that is not ours."""

from __future__ import annotations

from typing import Any

from providers.errors import Refused
from providers.journal.entry import Entry


def takes_over(adopt: bool | None, there: bool, entry: Entry[Any] | None) -> bool:
    """Return whether a run only records a thing as taken over: the thing is there, and we did not make it."""
    return bool(adopt) and there and (entry is None or entry.adopted)


def refuse_foreign(title: str, where: str, same: bool) -> Refused:
    """Return the refusal of a thing that exists and that no journal entry calls ours."""
    how = "as it should be" if same else "and differs from what is asked"
    return Refused(
        f"{where}: {title} exists already, {how}, and this stack did not make it; set `adopt: true` to take it over"
        " (the first run only records it) or choose another name"
    )
