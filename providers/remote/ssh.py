"""SshHost: one paramiko transport and one agent per host. The only file that knows paramiko."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from providers.errors import HostError
from providers.remote.agent_host import AgentHost
from providers.remote.bundle import arguments, bundle
from providers.remote.channel import AgentChannel
from providers.remote.host import HostAccess

if TYPE_CHECKING:
    import paramiko

ATTEMPTS = 3


class SshHost(AgentHost):
    """A host over ssh. Host keys are always checked; a host that is not in known_hosts is refused."""

    _client: paramiko.SSHClient | None = None
    _jump: paramiko.SSHClient | None = None

    def _start(self) -> tuple[AgentChannel, str]:
        client, self._jump = connect(self.access)
        self._client = client
        transport = cast("paramiko.Transport", client.get_transport())
        transport.set_keepalive(15)
        with _translated(self.access):
            channel = transport.open_session(timeout=self.access.connect_timeout_s)
            channel.exec_command(shlex.join([*self.access.command(), *arguments()]))
            channel.sendall(bundle())
        lines = channel.makefile("rb")

        def words() -> str:
            return channel.recv_stderr(4096).decode("utf-8", "replace") if channel.recv_stderr_ready() else ""

        return (
            AgentChannel(self.access.where, self.access.name, channel.sendall, lines, channel.close, words),
            transport.get_remote_server_key().fingerprint,
        )

    def _stop(self) -> None:
        for client in (self._client, self._jump):
            if client is not None:
                client.close()
        self._client = self._jump = None


def connect(access: HostAccess) -> tuple[paramiko.SSHClient, paramiko.SSHClient | None]:
    """Return a connected client and that of the jump host, if any. Only connecting is ever tried again, never a step."""
    import paramiko  # 0.9 s: paid by the provider process when it first connects, never by a preview

    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _connect(access)
        except (ConnectionResetError, EOFError, paramiko.SSHException) as problem:
            busy = not isinstance(problem, paramiko.AuthenticationException | paramiko.BadHostKeyException)
            if not busy or "known_hosts" in str(problem) or attempt == ATTEMPTS:
                with _translated(access):
                    raise
            time.sleep(0.5 * attempt)
        except OSError:
            with _translated(access):
                raise
    raise AssertionError("unreachable")


def _connect(access: HostAccess) -> tuple[paramiko.SSHClient, paramiko.SSHClient | None]:
    import paramiko

    jump = connect(access.jump)[0] if access.jump else None
    sock: Any = None
    if jump is not None:
        transport = cast("paramiko.Transport", jump.get_transport())
        sock = transport.open_channel(
            "direct-tcpip", (access.address, access.port), ("127.0.0.1", 0), timeout=access.connect_timeout_s
        )
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    known_hosts = Path(access.known_hosts or "~/.ssh/known_hosts").expanduser()
    if known_hosts.exists():
        client.load_host_keys(str(known_hosts))
    try:
        client.connect(
            access.address,
            port=access.port,
            username=access.user,
            key_filename=str(Path(access.identity_file).expanduser()) if access.identity_file else None,
            look_for_keys=False,
            allow_agent=not access.identity_file,
            timeout=access.connect_timeout_s,
            banner_timeout=access.connect_timeout_s,
            auth_timeout=access.connect_timeout_s,
            sock=sock,
        )
    except BaseException:
        client.close()
        if jump is not None:
            jump.close()
        raise
    return client, jump


@contextmanager
def _translated(access: HostAccess) -> Iterator[None]:
    """Turn what paramiko and sockets raise into one line that says where, what, why and what next."""
    import paramiko

    where, login = access.where, f"{access.user}@{access.address}:{access.port}"
    try:
        yield
    except paramiko.BadHostKeyException:
        raise HostError(
            f"{where}: the host key is not the one in {access.known_hosts or '~/.ssh/known_hosts'}: another machine, or reinstalled;"
            " check its fingerprint, then replace the entry"
        ) from None
    except paramiko.AuthenticationException:
        key = access.identity_file or "the ssh agent's keys"
        raise HostError(
            f"{where}: {login} does not accept {key}; add the public key to that user's authorized_keys"
        ) from None
    except paramiko.SSHException as problem:
        if "known_hosts" in str(problem):
            file = access.known_hosts or "~/.ssh/known_hosts"
            raise HostError(
                f"{where}: no host key for {access.address} in {file}; check its fingerprint and add it"
            ) from None
        raise HostError(
            f"{where}: ssh to {login} failed: {problem}; check sshd there, then run `pulumi up` again"
        ) from None
    except TimeoutError:
        raise HostError(
            f"{where}: no answer from {login} within {access.connect_timeout_s:.0f} s; check that the host is up, then run `pulumi up` again"
        ) from None
    except (OSError, EOFError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        raise HostError(
            f"{where}: cannot connect to {login}: {reason}; check that the host is up, then run `pulumi up` again"
        ) from None
