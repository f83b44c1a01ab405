"""EntryRecord: what a kind of thing keeps of its earlier state and of what we set, in the journal's entry for it."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict


class EntryRecord(BaseModel):
    """The part of an entry that only one kind of thing understands. A record is on disk for years.

    A record without a version is of version 1. Fields that this version does not know are kept, because another version
    may know them.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    version: Literal[1] = 1

    def changed(self, **fields: Any) -> Self:
        """Return the record with other values in these fields."""
        return self.model_copy(update=fields)
