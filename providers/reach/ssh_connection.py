"""Connections over ssh, through jump hosts if need be. This file, `ssh` and `ssh_errors` alone know paramiko."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from providers.errors import HostError
from providers.reach.host_access import HostAccess
from providers.reach.ssh_errors import PassingError, UnknownHostKeyError, translated

if TYPE_CHECKING:
    import paramiko

ATTEMPTS = 3
PAUSE_S = 0.5

# Without a handler paramiko's tracebacks would go to standard error, between the lines of Pulumi.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class _RefuseUnknownHosts:
    """The policy for hosts that are not in known_hosts."""

    def missing_host_key(self, _client: object, hostname: str, key: paramiko.PKey) -> None:
        raise UnknownHostKeyError(f"{hostname} shows {key.get_name()} {key.fingerprint}")


@dataclass(frozen=True)
class FirstLogin:
    """What only the first login to a host needs, before the account of the settings is there.

    Attributes:
        password: The password of `HostAccess.user`; empty for keys alone.
        accept: Is told a host as known_hosts names it, and its key that known_hosts does not have; answers whether the
            key is the host's.
    """

    password: str = field(repr=False, default="")
    accept: Callable[[str, paramiko.PKey], bool] = lambda _host, _key: False


class _AskForUnknownHosts:
    """The policy of a first login, which lets an operator compare the key of a host that is not in known_hosts."""

    def __init__(self, accept: Callable[[str, paramiko.PKey], bool]) -> None:
        self._accept = accept

    def missing_host_key(self, client: object, hostname: str, key: paramiko.PKey) -> None:
        if not self._accept(hostname, key):
            _RefuseUnknownHosts().missing_host_key(client, hostname, key)


def connect(access: HostAccess, first: FirstLogin | None = None) -> list[paramiko.SSHClient]:
    """Return the connected clients, jump hosts first and the host itself last.

    Connecting is tried again when sshd refuses the connection, as it does beyond MaxStartups. Nothing is tried again
    after a timeout, because the operator's limit is then spent.
    """
    attempt, limit = 1, time.monotonic() + access.connect_timeout_s
    while True:
        try:
            return _connect(access, first)
        except PassingError as problem:
            if attempt == ATTEMPTS or time.monotonic() >= limit:
                raise HostError(str(problem)) from None
        time.sleep(PAUSE_S * attempt)
        attempt += 1


def close(clients: Sequence[paramiko.SSHClient]) -> None:
    """End the connections, the host's own first."""
    for client in reversed(clients):
        with contextlib.suppress(Exception):
            client.close()


def _connect(access: HostAccess, first: FirstLogin | None = None) -> list[paramiko.SSHClient]:
    import paramiko  # takes 0.9 s, which the provider process pays when it first connects, and a preview never does

    clients = connect(access.jump) if access.jump else []
    client = paramiko.SSHClient()
    policy = _AskForUnknownHosts(first.accept) if first else _RefuseUnknownHosts()
    client.set_missing_host_key_policy(cast("paramiko.MissingHostKeyPolicy", policy))
    try:
        with translated(access, password=bool(first and first.password)):
            known_hosts = Path(access.known_hosts_file).expanduser()
            if known_hosts.exists():
                client.load_host_keys(str(known_hosts))
            client.connect(
                access.address,
                port=access.port,
                username=access.user,
                password=(first.password or None) if first else None,
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
        close([*clients, client])
        raise
    return [*clients, client]


def _through(jump: paramiko.SSHClient, access: HostAccess) -> paramiko.Channel:
    transport = cast("paramiko.Transport", jump.get_transport())
    return transport.open_channel(
        "direct-tcpip", (access.address, access.port), ("127.0.0.1", 0), timeout=access.connect_timeout_s
    )


def public_key(access: HostAccess) -> str:
    """Return the public key of `identity_file`, as a line of authorized_keys without a comment."""
    identity = _identity(access)
    return f"{identity.get_name()} {identity.get_base64()}" if identity else ""


def run(client: paramiko.SSHClient, command: str, stdin: str, seconds: float) -> tuple[int, str, str]:
    """Run a command in a session of its own, and return its exit status, standard output and standard error."""
    sent, output, errors = client.exec_command(command, timeout=seconds)
    sent.write(stdin)
    sent.channel.shutdown_write()
    text = output.read().decode(errors="replace"), errors.read().decode(errors="replace")
    return output.channel.recv_exit_status(), *text


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
