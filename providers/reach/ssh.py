"""SshHost: one paramiko transport and one agent per host. The only file that knows paramiko."""

from __future__ import annotations

import contextlib
import logging
import shlex
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from providers.errors import HostError
from providers.reach.agent_host import AgentHost
from providers.reach.bundle import arguments, bundle
from providers.reach.channel import AgentChannel, lines_of
from providers.reach.host_access import HostAccess

if TYPE_CHECKING:
    import paramiko

ATTEMPTS = 3
PAUSE_S = 0.5
KEEPALIVE_S = 15
WORDS_S = 2.0
AGAIN = "check that the host is up, then run again"

# Without a handler its tracebacks would go to standard error, between the lines of Pulumi.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Passing(HostError):
    """What passes by itself: an sshd that takes no more new connections just now (MaxStartups), or is just starting."""


class UnknownHostKey(Exception):
    """The host showed a key, and no line of known_hosts is about this host."""


class Refuse:
    """The policy for hosts that are not in known_hosts."""

    def missing_host_key(self, _client: object, hostname: str, key: paramiko.PKey) -> None:
        raise UnknownHostKey(f"{hostname} shows {key.get_name()} {key.fingerprint}")


class SshHost(AgentHost):
    """A host over ssh. Host keys are always checked; a host that is not in known_hosts is refused."""

    _clients: list[paramiko.SSHClient] | None = None

    def _start(self) -> tuple[AgentChannel, str]:
        self._clients = connect(self.access)
        transport = cast("paramiko.Transport", self._clients[-1].get_transport())
        transport.set_keepalive(KEEPALIVE_S)
        with _translated(self.access):
            session = transport.open_session(timeout=self.access.connect_timeout_s)
            session.exec_command(shlex.join([*self.access.command(), *arguments()]))

        def words() -> str:
            said = b""
            limit = time.monotonic() + WORDS_S
            while session.recv_stderr_ready() and time.monotonic() < limit:
                said = (said + session.recv_stderr(65536))[-65536:]
            return said.decode("utf-8", "replace")

        channel = AgentChannel(
            self.access.where,
            self.access.name,
            bundle(),
            session.sendall,
            lines_of(lambda: session.recv(65536)),
            transport.close,
            words,
        )
        return channel, transport.get_remote_server_key().fingerprint

    def _stop(self, kill: bool) -> None:
        clients, self._clients = self._clients or [], None
        _close(clients)


def _close(clients: list[paramiko.SSHClient]) -> None:
    for client in reversed(clients):
        with contextlib.suppress(Exception):
            client.close()


def connect(access: HostAccess) -> list[paramiko.SSHClient]:
    """Return the connected clients: jump hosts first, the host itself last. Only connecting is tried again, never a step.

    A host that turns a connection away may take the next one; one that said nothing for the whole timeout has used up its time.
    """
    attempt, limit = 1, time.monotonic() + access.connect_timeout_s
    while True:
        try:
            return _connect(access)
        except Passing as problem:
            if attempt == ATTEMPTS or time.monotonic() >= limit:
                raise HostError(str(problem)) from None
        time.sleep(PAUSE_S * attempt)
        attempt += 1


def _connect(access: HostAccess) -> list[paramiko.SSHClient]:
    import paramiko  # 0.9 s: paid by the provider process when it first connects, never by a preview

    clients = connect(access.jump) if access.jump else []
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(cast("paramiko.MissingHostKeyPolicy", Refuse()))
    try:
        with _translated(access):
            known_hosts = Path(_known_hosts(access)).expanduser()
            if known_hosts.exists():
                client.load_host_keys(str(known_hosts))
            client.connect(
                access.address,
                port=access.port,
                username=access.user,
                pkey=_identity(access),
                look_for_keys=False,
                allow_agent=not access.identity_file,
                timeout=access.connect_timeout_s,
                banner_timeout=access.connect_timeout_s,
                auth_timeout=access.connect_timeout_s,
                channel_timeout=access.connect_timeout_s,
                sock=_through(clients[-1], access) if clients else None,
            )
    except BaseException:
        _close([*clients, client])
        raise
    return [*clients, client]


def _through(jump: paramiko.SSHClient, access: HostAccess) -> paramiko.Channel:
    transport = cast("paramiko.Transport", jump.get_transport())
    return transport.open_channel(
        "direct-tcpip", (access.address, access.port), ("127.0.0.1", 0), timeout=access.connect_timeout_s
    )


def _identity(access: HostAccess) -> paramiko.PKey | None:
    import paramiko

    if not access.identity_file:
        return None
    where = f"{access.where}: the private key {access.identity_file}"
    try:
        return paramiko.PKey.from_path(Path(access.identity_file).expanduser())
    except OSError as problem:
        raise HostError(f"{where} cannot be read: {problem.strerror}; see `ssh.identity_file`") from None
    except (paramiko.PasswordRequiredException, TypeError):
        raise HostError(
            f"{where} has a passphrase; load it with `ssh-add`, and leave `ssh.identity_file` out to use the ssh agent"
        ) from None
    except Exception as problem:  # noqa: BLE001 - cryptography has many ways to say that it is no key; none quotes it
        raise HostError(
            f"{where} is none that ssh here can read ({type(problem).__name__}); see `ssh.identity_file`"
        ) from None


def _known_hosts(access: HostAccess) -> str:
    return access.known_hosts or "~/.ssh/known_hosts"


@contextmanager
def _translated(access: HostAccess) -> Iterator[None]:
    """Turn what paramiko and sockets raise into one line that says where, what, why and what next."""
    import paramiko

    where, login, file = access.where, f"{access.user}@{access.address}:{access.port}", _known_hosts(access)
    key = access.identity_file or "any key of the ssh agent"
    try:
        yield
    except UnknownHostKey as problem:
        raise HostError(
            f"{where}: no host key in {file}: {problem}; compare this with the host's own (`ssh-keygen -lf"
            " /etc/ssh/ssh_host_ed25519_key.pub` there), then add it"
        ) from None
    except paramiko.BadHostKeyException as problem:
        raise HostError(
            f"{where}: the host key is not the one in {file}: it shows {problem.key.get_name()} {problem.key.fingerprint}, expected is"
            f" {problem.expected_key.get_name()} {problem.expected_key.fingerprint}: another machine, or reinstalled; find out which, then"
            " replace the entry"
        ) from None
    except paramiko.AuthenticationException as problem:
        if "timeout" in str(problem).lower():
            raise Passing(f"{where}: {login} did not answer while authenticating; {AGAIN}") from None
        raise HostError(
            f"{where}: {login} does not accept {key}; add its public key to that user's authorized_keys"
        ) from None
    except paramiko.ChannelException as problem:
        if access.jump is not None and problem.code == 2:
            raise HostError(
                f"{where}: the jump host {access.jump.where} cannot connect to {access.address}:{access.port}; {AGAIN}"
            ) from None
        raise HostError(
            f"{where}: ssh to {login} works, but no session is allowed ({problem.text}); see MaxSessions, AllowTcpForwarding and"
            " PermitOpen in sshd_config"
        ) from None
    except paramiko.SSHException as problem:
        if "No authentication methods available" in str(problem):
            raise HostError(
                f"{where}: no `ssh.identity_file` is set and the ssh agent holds no key; set it, or run `ssh-add`"
            ) from None
        raise Passing(f"{where}: ssh to {login} failed: {problem}; check sshd there, {AGAIN}") from None
    except (TimeoutError, socket.gaierror) as problem:
        what = (
            f"no answer from {login} within {access.connect_timeout_s:.0f} s"
            if isinstance(problem, TimeoutError)
            else f"cannot find the address {access.address} ({problem.strerror})"
        )
        raise HostError(f"{where}: {what}; {AGAIN}") from None
    except (OSError, EOFError) as problem:
        kind = Passing if isinstance(problem, ConnectionResetError | EOFError) else HostError
        raise kind(f"{where}: cannot connect to {login}: {_reason(problem)}; {AGAIN}") from None


def _reason(problem: Exception) -> str:
    """Return the reason; paramiko hides it when several addresses were tried."""
    several = getattr(problem, "errors", None)
    if several:
        return " and ".join(sorted({_reason(one) for one in several.values()}))
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
