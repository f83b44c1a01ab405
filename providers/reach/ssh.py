"""SshHost: one paramiko transport and one agent per host."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, cast

from providers.reach.agent_host import AgentHost
from providers.reach.bundle import arguments, bundle
from providers.reach.channel import AgentChannel, lines_of
from providers.reach.ssh_connection import close, connect
from providers.reach.ssh_errors import translated

if TYPE_CHECKING:
    import paramiko

KEEPALIVE_S = 15
STDERR_S = 2.0
STDERR_KEPT = 65536


class SshHost(AgentHost):
    """A host over ssh. Host keys are always checked, and a host that is not in known_hosts is refused."""

    _clients: list[paramiko.SSHClient] | None = None

    def _start(self) -> tuple[AgentChannel, str]:
        self._clients = connect(self.access)
        transport = cast("paramiko.Transport", self._clients[-1].get_transport())
        transport.set_keepalive(KEEPALIVE_S)
        with translated(self.access):
            session = transport.open_session(timeout=self.access.connect_timeout_s)
            session.exec_command(shlex.join([*self.access.command(), *arguments()]))

        def stderr() -> str:
            received = b""
            limit = time.monotonic() + STDERR_S
            while session.recv_stderr_ready() and time.monotonic() < limit:
                received = (received + session.recv_stderr(STDERR_KEPT))[-STDERR_KEPT:]
            return received.decode("utf-8", "replace")

        channel = AgentChannel(
            self.access.where,
            self.access.name,
            bundle(),
            session.sendall,
            lines_of(lambda: session.recv(65536)),
            transport.close,
            stderr,
        )
        return channel, transport.get_remote_server_key().fingerprint

    def _stop(self, kill: bool) -> None:
        clients, self._clients = self._clients or [], None
        close(clients)
