"""LocalHost: the same agent on this machine, over a pipe. For an admin host that runs Pulumi itself, and for tests."""

from __future__ import annotations

import subprocess
from collections import deque
from threading import Thread
from typing import IO, cast

from providers.errors import HostError
from providers.remote.agent_host import AgentHost
from providers.remote.bundle import arguments, bundle
from providers.remote.channel import AgentChannel


class LocalHost(AgentHost):
    """This machine; `access.command()` says which Python, and whether under sudo or in a container."""

    _process: subprocess.Popen[bytes] | None = None

    def _start(self) -> tuple[AgentChannel, str]:
        pipe = subprocess.PIPE
        argv = [*self.access.command(), *arguments()]
        try:
            # A session of its own: the engine's SIGINT must not end the agent in the middle of a call.
            process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        except OSError as problem:
            raise HostError(f"{self.access.where}: cannot start {argv[0]}: {problem.strerror}; install it") from None
        stdin, stdout, stderr = cast(
            tuple[IO[bytes], IO[bytes], IO[bytes]], (process.stdin, process.stdout, process.stderr)
        )
        self._process = process
        words: deque[str] = deque(maxlen=20)
        Thread(target=_collect, args=(stderr, words), daemon=True).start()

        def write(data: bytes) -> None:
            stdin.write(data)
            stdin.flush()

        write(bundle())
        return AgentChannel(
            self.access.where, self.access.name, write, stdout, process.kill, lambda: " ".join(words)
        ), ""

    def _stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=70)


def _collect(source: IO[bytes], words: deque[str]) -> None:
    for line in source:
        words.append(line.decode("utf-8", "replace"))
