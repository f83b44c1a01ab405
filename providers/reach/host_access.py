"""HostAccess: the way to a host, read from the settings or from what a resource stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class HostAccess:
    """How a host is reached. It comes from the settings, so a new address is not a diff.

    Attributes:
        name: The host's name in the settings.
        address: IP address or DNS name; `local` is this machine, without ssh.
        user: Who logs in.
        port: Where sshd listens.
        identity_file: Private key file. Empty for the keys of the ssh agent.
        known_hosts: File with the host's key; unknown keys are always refused. Empty for `~/.ssh/known_hosts`.
        sudo: Whether the agent is started with `sudo -n`, or as the user itself.
        python: Python 3.6 or later on the host.
        prefix: Words put before `python`, for example `("docker", "exec", "-i", "ceph-mon")`.
        connect_timeout_s: Seconds for connecting and authenticating.
        jump: The host to go through, which may have a jump host of its own.
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
        """Read a block of the settings, or what `as_dict` gave.

        Unknown words are passed over, and numbers may be floats.
        """
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
        """Return what a resource stores of its way in. No secret is part of it."""
        stored = {key: value for key, value in asdict(self).items() if key != "jump" and value not in ("", ())}
        stored["prefix"] = list(self.prefix)
        return {**stored, **({"jump": self.jump.as_dict()} if self.jump else {})}

    def through(self, jump: HostAccess) -> HostAccess:
        """Return the same way, but through a jump host."""
        return replace(self, jump=jump)

    @property
    def where(self) -> str:
        """The host as errors name it."""
        return f"{self.name} ({self.address})" if self.address != self.name else self.name

    @property
    def login(self) -> str:
        """The login as errors name it."""
        return f"{self.user}@{self.address}:{self.port}"

    @property
    def known_hosts_file(self) -> str:
        """The file that has to know the host's key."""
        return self.known_hosts or "~/.ssh/known_hosts"

    def command(self) -> list[str]:
        """Return the words that start Python on the host, before Python's own arguments."""
        return [*(["sudo", "-n"] if self.sudo else []), *self.prefix, self.python]
