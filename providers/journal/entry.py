"""Entry: one thing that a stack changed, as the journal has it."""

from __future__ import annotations

import getpass
import json
import socket
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from providers.errors import UnexpectedOutput
from providers.journal.record import EntryRecord
from providers.redaction import redacted_line


@cache
def author() -> str:
    """Return who runs Pulumi, for the log that the journal also is."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return "unknown"


R = TypeVar("R", bound=EntryRecord)


class Entry(BaseModel, Generic[R]):
    """One thing that a stack changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: str = Field(description="What kind of thing, such as `pool` or `config`.")
    what: str = Field(description="Name of the thing: a pool's name, an entity, a path, a UUID.")
    finished: bool = Field(False, description="False from just before the change until just after it.")
    adopted: bool = Field(
        False,
        description="True when the thing was there before us and was taken over; a deletion leaves the thing standing.",
    )
    record: SerializeAsAny[R] = Field(description="The earlier state and ours, as the kind needs them.")
    host: str = Field(
        "", description="Under which name of the settings the stack manages the thing; old entries have none."
    )
    by: str = ""
    at: str = ""

    def text(self) -> str:
        """Return the entry as it is written, with who writes it and when."""
        stamp = {"by": author(), "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps({**self.model_dump(), **stamp}, indent=1, sort_keys=True) + "\n"

    @model_validator(mode="before")
    @classmethod
    def _with_record(cls, given: Any) -> Any:
        return {"record": {}, **given} if isinstance(given, dict) else given

    def with_record(self, **fields: Any) -> Self:
        """Return the entry with other values in these fields of its record."""
        return self.model_copy(update={"record": self.record.changed(**fields)})

    def same(self, other: Entry[R] | None) -> bool:
        """Whether the other entry says the same, whoever wrote either entry, and whenever."""
        stamps = {"host", "by", "at"}
        return other is not None and self.model_dump(exclude=stamps) == other.model_dump(exclude=stamps)


E = TypeVar("E", bound=Entry[Any])


def parsed(text: str, where: str, form: type[E]) -> E:
    """Return an entry that was read.

    Args:
        text: The entry as it is on disk.
        where: The entry's path or key, for messages.
        form: The entry's form, such as `Entry[PoolRecord]`.

    Raises:
        UnexpectedOutput: The text is no entry, or the record lacks what the kind needs.
    """
    try:
        return form.model_validate_json(text)
    except ValidationError as problem:
        found = problem.errors(include_input=False, include_url=False, include_context=False)
        why = "; ".join(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in found[:3])
        raise UnexpectedOutput(
            f"{where}: not a journal entry that this version reads ({redacted_line(why.removeprefix(': '))}); restore"
            " it, or put back by hand what it speaks of and remove it, then run again"
        ) from None
