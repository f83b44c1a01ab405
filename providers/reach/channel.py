"""The caller's side of an agent: many threads ask at once, and answers come back in any order."""

from __future__ import annotations

import itertools
import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from providers.errors import Changed, HostError, OutcomeUnknown, StepFailed
from providers.reach import trace
from providers.reach.answers.answer import in_form
from providers.reach.answers.refusal import Refusal
from providers.redaction import redacted

# Several of the largest files that the agent reads, with every byte escaped.
LONGEST_LINE = 256 * 1024 * 1024
TEXT_KEPT = 600


def lines_of(receive: Callable[[], bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream. A line that is unfinished at the end of the stream is dropped.

    Args:
        receive: Returns the next piece of the stream, and nothing at its end.

    Raises:
        ValueError: A line is longer than LONGEST_LINE, because no host may fill this machine's memory.
    """
    pieces: list[bytes] = []
    size = 0
    while data := receive():
        first, *rest = data.split(b"\n")
        pieces.append(first)
        size += len(first)
        for piece in rest:
            yield b"".join(pieces)
            pieces, size = [piece], len(piece)
        if size > LONGEST_LINE:
            raise ValueError(f"an answer is longer than {LONGEST_LINE} bytes")


class AgentEnded(HostError):
    """The agent had ended before this request, so the host has not seen the request."""


class AgentChannel:
    """Requests out, answers in, over a pair of byte streams.

    Args:
        where: The host as errors name it.
        name: The host's name in the settings.
        first: What is sent before the first request, the agent itself.
        write: Sends bytes, as long as that takes. Only one thread calls it.
        lines: Yields the agent's answers, one line each, until the stream ends.
        kill: Ends the connection and with it the agent, also while `write` hangs.
        stderr: Returns what the far side wrote to standard error so far. It is quoted when the stream ends early.
    """

    def __init__(
        self,
        where: str,
        name: str,
        first: bytes,
        write: Callable[[bytes], None],
        lines: Iterable[bytes],
        kill: Callable[[], None],
        stderr: Callable[[], str],
    ) -> None:
        self.where, self.name, self._write, self._kill, self._stderr = where, name, write, kill, stderr
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[str, Future[dict[str, Any]]]] = {}
        self._lock = threading.Lock()
        self._reason: str | None = None
        # A thread of its own writes, because a host that takes nothing any more must not hold a call past its deadline.
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._outgoing.put(first)
        self._threads = [
            threading.Thread(target=work, args=arguments, daemon=True, name=f"agent-{name}")
            for work, arguments in ((self._send, ()), (self._receive, (lines,)))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def ended(self) -> str | None:
        """Why the agent ended, or None as long as it answers."""
        return self._reason

    def ask(self, operation: str, deadline_s: float, arguments: Mapping[str, object]) -> object:
        """Send one request and return its value; see `RemoteHost` for the errors."""
        number, answer = next(self._numbers), Future[dict[str, Any]]()
        line = json.dumps({"id": number, "do": operation, **arguments}).encode() + b"\n"
        with self._lock:
            if self._reason is not None:
                raise AgentEnded(f"{self.where}: the agent has ended: {self._reason}; run again")
            self._waiting[number] = (operation, answer)
            self._outgoing.put(line)
        try:
            reply = answer.result(deadline_s)
        except FutureTimeout:
            self._end(f"`{operation}` took longer than {deadline_s:.0f} s")
            self._kill()
            reply = answer.result(10)  # By now either the reader or `_end` has set a result.
        trace.note(self.name, operation, seconds=reply.get("seconds"))
        if "error" in reply:
            raise _failure(in_form(Refusal, reply["error"], self.where, f"`{operation}`"))
        value: object = reply.get("value")
        return value

    def join(self, timeout_s: float) -> None:
        """Wait until the stream has ended and both threads with it."""
        for thread in self._threads[::-1]:
            thread.join(timeout_s)

    def _send(self) -> None:
        try:
            while (data := self._outgoing.get()) is not None:
                self._write(data)
        except Exception as problem:  # noqa: BLE001 - whatever a socket, a pipe or paramiko raises
            # The reading thread knows more when the far side said why it ended.
            self._threads[1].join(2)
            self._end(f"the connection broke ({problem})")

    def _receive(self, lines: Iterable[bytes]) -> None:
        other = ""
        try:
            for line in lines:
                if not line.startswith(b'{"'):
                    # Such as a greeting from the user's shell profile. It is redacted before it is cut, because the end
                    # of a key no longer looks like a key.
                    other = redacted(other + line.decode("utf-8", "replace"))[-TEXT_KEPT:]
                    continue
                reply = json.loads(line)
                with self._lock:
                    _, answer = self._waiting.pop(reply["id"], ("", None))
                if answer is not None:
                    answer.set_result(reply)
            reason = "the connection was closed"
        except Exception as problem:  # noqa: BLE001 - the thread must not die without a word
            reason = f"the connection broke ({problem})"
        text = redacted(" ".join((other + self._stderr()).split()))[-TEXT_KEPT:]
        self._end(f"{reason}: {text}" if text else reason)

    def _end(self, reason: str) -> None:
        """End every call that waits. Whether the host did what the call asked for is not known."""
        with self._lock:
            self._reason = self._reason or reason
            waiting, self._waiting = self._waiting, {}
            self._outgoing.put(None)
        for operation, answer in waiting.values():
            answer.set_exception(
                OutcomeUnknown(
                    f"{self.where}: `{operation}`: outcome unknown, {reason}; run again: it reads first, then does what"
                    " is left"
                )
            )


def _failure(refusal: Refusal) -> StepFailed:
    kind = Changed if refusal.errno == "ESTALE" else StepFailed
    code = f" ({refusal.errno})" if refusal.errno else ""
    failure = kind(f"{refusal.text}{code}", refusal.errno)
    failure.step_number = refusal.step
    return failure
