"""Entry: one thing that a stack changed, as the journal has it."""

from __future__ import annotations

import getpass
import json
import socket
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from providers.errors import UnexpectedOutput


@cache
def author() -> str:
    """Return who runs Pulumi, for the log that the journal also is."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return "unknown"


class Entry(BaseModel):
    """One thing that a stack changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: str = Field(description="What kind of thing, such as `pool` or `config`.")
    what: str = Field(description="Which one: a pool's name, an entity, a path, a UUID.")
    finished: bool = Field(False, description="False from just before the change until just after it.")
    adopted: bool = Field(
        False, description="It was there before us and was taken over; a deletion leaves it standing."
    )
    record: dict[str, Any] = Field(
        default_factory=dict, description="The earlier state and ours, as the kind needs them."
    )
    host: str = Field("", description="Under which name of the settings the stack manages it; old entries have none.")
    by: str = ""
    at: str = ""

    def text(self) -> str:
        stamp = {"by": author(), "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({**self.model_dump(), **stamp}, indent=1, sort_keys=True) + "\n"

    def same(self, other: Entry | None) -> bool:
        """Whether the other says the same, whoever wrote it and when."""
        stamps = {"host", "by", "at"}
        return other is not None and self.model_dump(exclude=stamps) == other.model_dump(exclude=stamps)


def parsed(text: str, where: str) -> Entry:
    try:
        return Entry.model_validate_json(text)
    except ValidationError:
        raise UnexpectedOutput(
            f"{where}: not a journal entry that this version reads; restore or remove it, then run again"
        ) from None
