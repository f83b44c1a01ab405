"""RemoteHost: the narrow seam between what is wanted and a machine.

Above it nothing knows ssh; below it nothing knows Ceph, libvirt or OpenStack. The real one is `ssh.SshHost`, the same agent on
this machine is `local.LocalHost`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from providers.reach.steps import KeySource, Step


@dataclass(frozen=True)
class HostAccess:
    """How a host is reached. Comes from the settings, so a new address is not a diff.

    Attributes:
        name: the host's name in the settings.
        address: IP address or DNS name; `local` is this machine, without ssh.
        known_hosts: file with the host's key; unknown keys are always refused. Empty: `~/.ssh/known_hosts`.
        identity_file: private key file; empty: the ssh agent's keys.
        sudo: start the agent with `sudo -n` (default) or as the user itself.
        python: Python 3.6 or later on the host.
        prefix: words put before `python`, for example `("docker", "exec", "-i", "ceph-mon")`.
        connect_timeout_s: seconds for connecting and authenticating.
        jump: the host to go through, which may have a jump host of its own.
    """

    name: str
    address: str
    user: str = "root"
    port: int = 22
    identity_file: str = ""
    known_hosts: str = ""
    sudo: bool = True
    python: str = "python3"
    prefix: tuple[str, ...] = ()
    connect_timeout_s: float = 10
    jump: HostAccess | None = None

    @classmethod
    def from_dict(cls, name: str, block: dict[str, Any]) -> HostAccess:
        """Read a block of the settings, or what `as_dict` gave; unknown words are passed over, numbers may be floats."""
        known = {
            key: value
            for key, value in block.items()
            if key in cls.__dataclass_fields__ and key not in ("name", "jump") and value is not None
        }
        if "port" in known:
            known["port"] = int(known["port"])
        if "prefix" in known:
            known["prefix"] = tuple(known["prefix"])
        jump = block.get("jump")
        through = cls.from_dict(jump.get("name", f"{name}'s jump host"), jump) if isinstance(jump, dict) else None
        return cls(name=name, jump=through, **{"address": name, **known})

    def as_dict(self) -> dict[str, Any]:
        """Return what a resource stores of its way in: no secret is among it."""
        stored = {key: value for key, value in asdict(self).items() if key != "jump" and value not in ("", ())}
        stored["prefix"] = list(self.prefix)
        return {**stored, **({"jump": self.jump.as_dict()} if self.jump else {})}

    def through(self, jump: HostAccess) -> HostAccess:
        return replace(self, jump=jump)

    @property
    def where(self) -> str:
        return f"{self.name} ({self.address})" if self.address != self.name else self.name

    def command(self) -> list[str]:
        """The words that start Python on the host, before Python's own arguments."""
        return [*(["sudo", "-n"] if self.sudo else []), *self.prefix, self.python]


@dataclass(frozen=True)
class FileState:
    """What is at a path. `kind` is `file`, `directory`, `symlink` or `other`; `content` only for files that were asked for.

    Bytes that are not UTF-8 are kept as surrogates, so that text goes there and back unchanged. Times are nanoseconds.
    """

    kind: str
    owner: str
    group: str
    mode: str
    digest: str
    ctime_ns: int
    content: str | None = field(default=None, repr=False)


class RemoteHost(Protocol):
    """A machine that reads and does steps. Calls may come from many threads at once."""

    access: HostAccess

    def identity(self) -> dict[str, str]:
        """Return `machine_id` and `host_key` (fingerprint; empty where there is no ssh) of the machine that answers."""
        ...

    def call(self, operation: str, *, deadline_s: float = 60, **arguments: Any) -> Any:
        """Ask the agent for one read-only operation; see `agent/serve.py` for the list.

        Raises `HostError` when the host cannot be reached, `OutcomeUnknown` past the deadline, `StepFailed` when it says no. After
        `OutcomeUnknown` one more agent is started, so that what is there can be read again.
        """
        ...

    def apply(self, steps: Sequence[Step], key_of: KeySource, *, deadline_s: float = 300) -> list[Any]:
        """Do the steps in order in one call and stop at the first that fails; the error names that step."""
        ...

    def close(self) -> None: ...


def files_at(
    host: RemoteHost, paths: Sequence[str], *, patterns: Sequence[str] = (), hide_keys: bool = False
) -> dict[str, FileState]:
    """Return the files that exist among `paths` and those that match `patterns` (shell globs), in one call.

    A path that is not in the answer does not exist: any other failure is an error. With `hide_keys` every `key = …` line shows
    `sha256:<hex>` instead of the key, computed on the host.
    """
    answer = host.call("read_files", paths=list(paths), patterns=list(patterns), hide_keys=hide_keys)
    return {path: FileState(**state) for path, state in answer.items()}
