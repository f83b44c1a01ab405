"""AccessSettings: how hosts are reached, read from the stack's configuration. Not part of any resource, so never a diff.

The program has checked the same settings already (`components/settings.py`); here they are only taken apart.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from providers.errors import Refused
from providers.remote.host import HostAccess, RemoteHost
from providers.remote.local import LocalHost
from providers.remote.ssh import SshHost

LOCAL = "local"


@dataclass(frozen=True)
class KeyPlace:
    """Where a key lies on the machine that runs Pulumi: a file (a keyring or the bare key) or an environment variable."""

    file: str = ""
    env: str = ""

    def read(self, entity: str) -> str:
        if self.env:
            text = os.environ.get(self.env, "").strip()
            place = f"the environment variable {self.env}"
        else:
            place = f"the file {self.file}"
            try:
                text = Path(self.file).expanduser().read_text().strip()
            except OSError as problem:
                raise Refused(f"key of {entity}: cannot read {place}: {problem.strerror}; see `cluster.keys`") from None
        for line in text.splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "key":
                return value.strip()
        if not text or "\n" in text:
            raise Refused(f"key of {entity}: {place} holds neither a keyring nor a key; see `cluster.keys`")
        return text


@dataclass(frozen=True)
class AccessSettings:
    """The hosts by name, which of them speaks for the cluster, and keys that were handed over instead."""

    hosts: dict[str, HostAccess] = field(default_factory=dict)
    admin_host: str = ""
    admin_conf: str = "/etc/ceph/ceph.conf"
    admin_entity: str = "client.admin"
    keys: dict[str, KeyPlace] = field(default_factory=dict)

    @classmethod
    def from_config(cls, get: Callable[[str], Any]) -> AccessSettings:
        """Read `hosts`, `ssh` and `cluster`; objects arrive from the engine as JSON text."""
        ssh, hosts, cluster = (_object(get(name)) for name in ("ssh", "hosts", "cluster"))
        ways = {name: {**ssh, **(block or {})} for name, block in hosts.items()}

        def access(name: str, depth: int = 0) -> HostAccess:
            block = dict(ways[name])
            jump = block.pop("jump", None)
            way = HostAccess.from_dict(name, block)
            if jump is None or depth > 3 or jump == name:
                return way
            if isinstance(jump, str):
                return way.through(access(jump, depth + 1)) if jump in ways else way
            return way.through(HostAccess.from_dict(f"{name}'s jump host", {**ssh, **jump, "jump": None}))

        return cls(
            hosts={name: access(name) for name in ways},
            admin_host=cluster.get("admin_host", ""),
            admin_conf=cluster.get("admin_conf", cls.admin_conf),
            admin_entity=cluster.get("admin_entity", cls.admin_entity),
            keys={entity: KeyPlace(**place) for entity, place in (cluster.get("keys") or {}).items()},
        )

    def open(self, access: HostAccess) -> RemoteHost:
        """Return the host, not yet connected."""
        kind = LocalHost if access.address == LOCAL else SshHost
        return kind(access, self.admin_conf, self.admin_entity)


def _object(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else dict(value or {})
