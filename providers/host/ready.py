"""How a service says itself that it works, and the waiting for it after a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, field_validator

from providers.errors import StepFailed
from providers.formats.keyed import Keyed
from providers.reach.answers.unit_state import UnitState
from providers.reach.clock import Clock
from providers.reach.host import RemoteHost
from providers.redaction import redacted

# Whoever writes the log must not keep an expression busy: `.*` over one long line takes the square of its length.
LONGEST_LINE = 8192
LARGEST_LOG = 1 << 20


class Workers(BaseModel):
    """Processes of one service that each say themselves that they work.

    Each expression has exactly one group, which names the process.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    count: int = Field(ge=1, description="How many processes there have to be.")
    started: str = Field(description="Regular expression of the line in which a process begins.")
    ready: str = Field(
        description="Regular expression of the line in which a process that has begun logs that the process works."
    )

    @field_validator("started", "ready")
    @classmethod
    def _one_group(cls, pattern: str) -> str:
        if re.compile(compiles(pattern)).groups != 1:
            raise ValueError(f"`{pattern}` must have exactly one group, which names the process")
        return pattern

    def missing(self, lines: Sequence[str]) -> str:
        """Return how many processes are not ready yet, as part of a sentence; empty when enough are ready."""
        begun = {found[1] for line in lines if (found := re.search(self.started, line))}
        done = {found[1] for line in lines if (found := re.search(self.ready, line))} & begun
        if len(done) >= self.count:
            return ""
        return f"`{self.ready}` by {self.count} processes (so far {len(done)} of {len(begun)} that began)"


def compiles(pattern: str) -> str:
    """Return the pattern; raise ValueError if it is no regular expression."""
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ValueError(f"`{pattern}` is not a regular expression: {problem}") from None
    return pattern


class Ready(BaseModel):
    """How the service itself says that it works.

    The regular expressions are searched line by line in what the service logged since its start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    log: str = Field("journal", description="The service's log file, or `journal`.")
    lines: Keyed = Field(default_factory=list, description="Regular expressions, each of which a line must match.")
    workers: Workers | None = Field(None, description="What a service of several processes has to log besides `lines`.")
    failures: Keyed = Field(
        default_factory=list, description="Regular expressions of failures; the first line that matches ends the wait."
    )
    timeout_s: int = Field(60, ge=1, le=900, description="Seconds until `lines` must have appeared.")
    steady_s: float = Field(
        2, ge=0, le=120, description="Seconds for which the service must be up without a failure line."
    )

    @field_validator("lines", "failures")
    @classmethod
    def _compile(cls, patterns: list[str]) -> list[str]:
        return [compiles(pattern) for pattern in patterns]

    def missing(self, lines: Sequence[str]) -> list[str]:
        """Return what these lines do not say yet, each as part of a sentence."""
        found = [f"`{pattern}`" for pattern in self.lines if not any(re.search(pattern, line) for line in lines)]
        return found + [text for text in [self.workers.missing(lines) if self.workers else ""] if text]

    def failure(self, lines: Sequence[str]) -> str | None:
        """Return the first line that says that the service does not work."""
        return next((line for line in lines if any(re.search(pattern, line) for pattern in self.failures)), None)


def logged(host: RemoteHost, unit: str, ready: Ready, state: UnitState, start: int, since_usec: int) -> list[str]:
    """Return the lines of the unit's log, from byte `start` of its file on, that are not older than `since_usec`."""
    invocation = state.invocation_id
    text = host.log_since(unit, ready.log, start=start, invocation=invocation, since_usec=since_usec)
    # The log is redacted before it is cut, because a part of a key looks like no key.
    return [line[:LONGEST_LINE] for line in redacted(text)[-LARGEST_LOG:].splitlines()]


def wait_until_ready(host: RemoteHost, unit: str, ready: Ready, start: int, clock: Clock) -> UnitState:
    """Return the unit's state once the unit is active and its log shows every line of `ready`.

    Args:
        host: The host.
        unit: The unit.
        ready: What the log has to show, and for how long it is waited for.
        start: Byte of the log file at which to begin.
        clock: What waits.

    Raises:
        StepFailed: The unit failed, or the time is up; quotes the log's last lines.
    """
    limit = clock.monotonic() + ready.timeout_s
    steady_since: tuple[str, float] | None = None
    pause = 0.1
    while True:
        state = host.unit_state(unit)
        lines = logged(host, unit, ready, state, start, state.started_usec)
        failure, missing = ready.failure(lines), ready.missing(lines)
        if failure is not None or state.active_state == "failed":
            raise _not_ready(
                host, unit, f"says `{redacted(failure).strip()[-300:]}`" if failure else "failed to start", lines
            )
        if state.active_state == "active" and not missing:
            if steady_since is None or steady_since[0] != state.invocation_id:
                steady_since = (state.invocation_id, clock.monotonic())
            if clock.monotonic() - steady_since[1] >= ready.steady_s:
                return state
        if clock.monotonic() > limit:
            did = f"did not log {missing[0]}" if missing else f"is {state.active_state}"
            raise _not_ready(host, unit, f"{did} within {ready.timeout_s} s after its restart", lines)
        clock.sleep(pause)
        pause = min(pause * 1.5, 1.0)


def _not_ready(host: RemoteHost, unit: str, what: str, lines: list[str]) -> StepFailed:
    last = " | ".join(redacted(line).strip()[-200:] for line in lines[-4:] if line.strip())
    return StepFailed(
        f"{host.access.where}: {unit} {what}; its log ends: {last or '(nothing logged)'}; correct the cause, then"
        " run again"
    )
