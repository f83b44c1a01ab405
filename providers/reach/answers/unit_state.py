"""UnitState: a systemd unit as systemd sees it."""

from __future__ import annotations

from pydantic import Field

from providers.reach.answers.answer import Answer


class UnitState(Answer):
    """What systemd says of a unit.

    Attributes:
        load_state: `loaded`, or why not, such as `not-found`.
        active_state: `active`, `inactive`, `failed`, `activating` …
        invocation_id: Differs after each start; empty while the unit has never run.
        started_usec: When its main process started, in microseconds since 1970; 0 while there is none.
    """

    load_state: str = Field(alias="LoadState")
    active_state: str = Field(alias="ActiveState")
    invocation_id: str = Field(alias="InvocationID")
    started_usec: int = Field(alias="StartedUsec")
