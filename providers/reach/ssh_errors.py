"""What paramiko and sockets raise, as one line that says where, what, why and what next."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from providers.errors import HostError
from providers.reach.host_access import HostAccess

if TYPE_CHECKING:
    import paramiko

AGAIN = "check that the host is up, then run again"


class PassingError(HostError):
    """A refusal that may pass by itself, because sshd is just starting, or at its limit of new connections."""


class UnknownHostKeyError(Exception):
    """The host showed a key, and no line of known_hosts is about this host."""


@contextmanager
def translated(access: HostAccess, *, password: bool = False) -> Iterator[None]:
    """Turn what paramiko and sockets raise into a HostError about this host.

    Args:
        access: How the host is reached.
        password: Whether a password was shown to sshd, beside keys.
    """
    import paramiko

    try:
        yield
    except UnknownHostKeyError as problem:
        raise _unknown_host_key(access, problem) from None
    except paramiko.BadHostKeyException as problem:
        raise _other_host_key(access, problem) from None
    except paramiko.AuthenticationException as problem:
        raise (_no_password(access, problem) if password else _not_accepted(access, problem)) from None
    except paramiko.ChannelException as problem:
        raise _no_session(access, problem) from None
    except paramiko.SSHException as problem:
        raise _broken_protocol(access, problem) from None
    except (OSError, EOFError) as problem:
        raise _not_connected(access, problem) from None


def _unknown_host_key(access: HostAccess, problem: UnknownHostKeyError) -> HostError:
    return HostError(
        f"{access.where}: no host key in {access.known_hosts_file}: {problem}; compare this with the host's own"
        " (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` there), then add it"
    )


def _other_host_key(access: HostAccess, problem: paramiko.BadHostKeyException) -> HostError:
    shown, expected = problem.key, problem.expected_key
    return HostError(
        f"{access.where}: the host key is not the one in {access.known_hosts_file}: it shows {shown.get_name()}"
        f" {shown.fingerprint}, expected is {expected.get_name()} {expected.fingerprint}: another machine, or"
        " reinstalled; find out which, then replace the entry"
    )


def _not_accepted(access: HostAccess, problem: paramiko.AuthenticationException) -> HostError:
    if "timeout" in str(problem).lower():
        return PassingError(f"{access.where}: {access.login} did not answer while authenticating; {AGAIN}")
    key = access.identity_file or "any key of the ssh agent"
    return HostError(
        f"{access.where}: {access.login} does not accept {key}; add its public key to that user's authorized_keys"
    )


def _no_password(access: HostAccess, problem: paramiko.AuthenticationException) -> HostError:
    import paramiko

    if "timeout" in str(problem).lower():
        return _not_accepted(access, problem)
    if isinstance(problem, paramiko.BadAuthenticationType):
        allowed = ", ".join(problem.allowed_types)
        return HostError(f"{access.where}: {access.login} takes no password there, only {allowed}; log in with a key")
    return HostError(f"{access.where}: {access.login} does not accept the password; check the user and the password")


def _no_session(access: HostAccess, problem: paramiko.ChannelException) -> HostError:
    if access.jump is not None and problem.code == 2:
        target = f"{access.address}:{access.port}"
        return HostError(f"{access.where}: the jump host {access.jump.where} cannot connect to {target}; {AGAIN}")
    return HostError(
        f"{access.where}: ssh to {access.login} works, but no session is allowed ({problem.text}); see MaxSessions,"
        " AllowTcpForwarding and PermitOpen in sshd_config"
    )


def _broken_protocol(access: HostAccess, problem: paramiko.SSHException) -> HostError:
    if "No authentication methods available" in str(problem):
        return HostError(
            f"{access.where}: no `ssh.identity_file` is set and the ssh agent holds no key; set it, or run `ssh-add`"
        )
    return PassingError(f"{access.where}: ssh to {access.login} failed: {problem}; check sshd there, {AGAIN}")


def _not_connected(access: HostAccess, problem: OSError | EOFError) -> HostError:
    if isinstance(problem, TimeoutError):
        limit = f"{access.connect_timeout_s:.0f} s"
        return HostError(f"{access.where}: no answer from {access.login} within {limit}; {AGAIN}")
    if isinstance(problem, socket.gaierror):
        return HostError(f"{access.where}: cannot find the address {access.address} ({problem.strerror}); {AGAIN}")
    kind = PassingError if isinstance(problem, ConnectionResetError | EOFError) else HostError
    return kind(f"{access.where}: cannot connect to {access.login}: {_reason(problem)}; {AGAIN}")


def _reason(problem: Exception) -> str:
    """Return the reason, which paramiko hides when it has tried several addresses."""
    tried = getattr(problem, "errors", None)
    if tried:
        return " and ".join(sorted({_reason(inner) for inner in tried.values()}))
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
