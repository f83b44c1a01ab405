"""HostAccess: the way to a host, read from the settings or from what a resource stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


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
