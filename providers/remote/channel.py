"""The caller's side of an agent: many threads ask at once, answers come back in any order."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from providers.errors import Changed, HostError, OutcomeUnknown, StepFailed
from providers.remote import trace


class AgentChannel:
    """Requests out, answers in, over a pair of byte streams.

    Args:
        where: the host as errors name it.
        name: the host's name in the settings.
        write: sends bytes; called under a lock.
        lines: yields the agent's answers, one line each, until the stream ends.
        kill: ends the connection and with it the agent.
        words: what the far side wrote to standard error so far; quoted when the stream ends early.
    """

    def __init__(
        self,
        where: str,
        name: str,
        write: Callable[[bytes], None],
        lines: Iterable[bytes],
        kill: Callable[[], None],
        words: Callable[[], str],
    ) -> None:
        self.where, self.name, self._write, self._kill, self._words = where, name, write, kill, words
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._ended: str | None = None
        self._reader = threading.Thread(target=self._read, args=(lines,), daemon=True, name=f"agent-{name}")
        self._reader.start()

    def ask(self, operation: str, deadline_s: float, arguments: dict[str, Any]) -> Any:
        """Send one request and return its value; see `RemoteHost.call` for the errors."""
        number, answer = next(self._numbers), Future[dict[str, Any]]()
        line = json.dumps({"id": number, "do": operation, **arguments}).encode() + b"\n"
        with self._lock:
            if self._ended is not None:
                raise HostError(f"{self.where}: the agent has ended: {self._ended}; run `pulumi up` again")
            self._waiting[number] = answer
        try:
            with self._write_lock:
                self._write(line)
        except OSError as problem:
            self._end(f"the connection broke ({problem})")
        try:
            reply = answer.result(deadline_s)
        except FutureTimeout:
            self._end(f"`{operation}` took longer than {deadline_s:.0f} s")
            self._kill()
            reply = answer.result(0)
        trace.note(self.name, operation, seconds=reply.get("seconds"))
        if "error" in reply:
            raise self._failure(reply["error"])
        return reply["value"]

    def _failure(self, error: dict[str, Any]) -> StepFailed:
        kind = Changed if error["errno"] == "ESTALE" else StepFailed
        code = f" ({error['errno']})" if error["errno"] else ""
        failure = kind(f"{error['text']}{code}", error["errno"])
        failure.step_number = error.get("step")
        return failure

    def _read(self, lines: Iterable[bytes]) -> None:
        try:
            for line in lines:
                reply = json.loads(line)
                with self._lock:
                    answer = self._waiting.pop(reply["id"], None)
                if answer is not None:
                    answer.set_result(reply)
            reason = "the connection was closed"
        except (OSError, ValueError) as problem:
            reason = f"the connection broke ({problem})"
        words = " ".join(self._words().split())[-300:]
        self._end(f"{reason}: {words}" if words else reason)

    def _end(self, reason: str) -> None:
        """End every call that waits: whether the host did it is not known."""
        with self._lock:
            self._ended = self._ended or reason
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(
                OutcomeUnknown(
                    f"{self.where}: outcome unknown, {reason}; run `pulumi up` again: it reads first, then does what is left"
                )
            )
