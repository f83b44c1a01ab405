"""LocalHost: the same agent on this machine, over a pipe, for an admin host that runs Pulumi itself and for tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import deque
from collections.abc import Iterator
from threading import Thread
from typing import IO, cast

from providers.errors import HostError
from providers.reach.agent_host import AgentHost
from providers.reach.bundle import arguments, bundle
from providers.reach.channel import AgentChannel, lines_of

FINISH_S = 70


class LocalHost(AgentHost):
    """This machine. `access.command()` says which Python runs the agent, and whether under sudo or in a container."""

    _process: subprocess.Popen[bytes] | None = None
    _listener: Thread | None = None

    def _start(self) -> tuple[AgentChannel, str]:
        pipe = subprocess.PIPE
        argv = [*self.access.command(), *arguments()]
        try:
            # A session of its own, because the engine's SIGINT must not end the agent in the middle of a call.
            process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True)
        except OSError as problem:
            raise HostError(
                f"{self.access.where}: cannot start {argv[0]}: {problem.strerror}; install it, or correct `sudo` and"
                " `python`"
            ) from None
        stdin, stdout, stderr = cast(
            tuple[IO[bytes], IO[bytes], IO[bytes]], (process.stdin, process.stdout, process.stderr)
        )
        lines: deque[str] = deque(maxlen=20)
        listener = Thread(target=_collect, args=(stderr, lines), daemon=True)
        listener.start()
        self._process, self._listener = process, listener

        def write(data: bytes) -> None:
            view = memoryview(data)
            while view:
                view = view[stdin.write(view) :]

        def heard() -> str:
            listener.join(1)
            return " ".join(lines)

        channel = AgentChannel(
            self.access.where,
            self.access.name,
            bundle(),
            write,
            _answers(stdout),
            lambda: _kill(process),
            heard,
        )
        return channel, ""

    def _stop(self, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            _kill(process)
        _end_input(process)
        try:
            process.wait(5 if kill else FINISH_S)
        except subprocess.TimeoutExpired:
            _kill(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
        if self._listener is not None:
            self._listener.join(1)


def _end_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Under sudo this may be refused. Then the agent ends because its input ends, or because the next agent kills it.
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    _end_input(process)


def _answers(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        yield from lines_of(lambda: os.read(source.fileno(), 65536))


def _collect(source: IO[bytes], lines: deque[str]) -> None:
    with source:
        for line in source:
            lines.append(line.decode("utf-8", "replace"))
