"""AccessSettings: how hosts are reached, read from the stack's configuration.

The settings are part of no resource, so a change in them is never a diff. The program has checked the same settings
already (`components/settings`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from providers.errors import Refused
from providers.reach.handed_keys import HandedKey
from providers.reach.host import RemoteHost
from providers.reach.host_access import HostAccess
from providers.reach.local import LocalHost
from providers.reach.ssh import SshHost

LOCAL = "local"


@dataclass(frozen=True)
class ClusterAccess:
    """Which host speaks for a cluster, and keys that were handed over instead.

    Attributes:
        admin_host: The host with an admin keyring; empty for a stack that was handed keys.
        admin_conf: Path of ceph.conf on the admin host.
        admin_entity: As whom the admin host asks the cluster.
        keys: Where the keys of entities lie on the machine that runs Pulumi.
        name: The cluster's name in `clusters`; empty for the stack's own.
    """

    admin_host: str = ""
    admin_conf: str = "/etc/ceph/ceph.conf"
    admin_entity: str = "client.admin"
    keys: dict[str, HandedKey] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class AccessSettings:
    """The hosts, which of them speaks for the stack's own cluster, and the ways into further clusters.

    Attributes:
        hosts: How each host is reached, by its name in the settings.
        admin_host: The host with an admin keyring; empty for a stack that was handed keys.
        admin_conf: Path of ceph.conf on the admin host.
        admin_entity: As whom the admin host asks the cluster.
        keys: Where the keys of entities lie on the machine that runs Pulumi.
        further: Fsid of each further cluster to the way into it.
    """

    hosts: dict[str, HostAccess] = field(default_factory=dict)
    admin_host: str = ""
    admin_conf: str = "/etc/ceph/ceph.conf"
    admin_entity: str = "client.admin"
    keys: dict[str, HandedKey] = field(default_factory=dict)
    further: dict[str, ClusterAccess] = field(default_factory=dict)

    @classmethod
    def from_config(cls, get: Callable[[str], Any]) -> AccessSettings:
        """Read `hosts`, `ssh`, `cluster` and `clusters`. Objects arrive from the engine as JSON text."""
        ssh, hosts, cluster, clusters = (_object(get(name)) for name in ("ssh", "hosts", "cluster", "clusters"))
        ssh, own = _given(ssh), _cluster(cluster)
        blocks = {name: {**ssh, **_given(block or {})} for name, block in hosts.items()}
        return cls(
            hosts={name: _way(name, blocks, ssh) for name in blocks},
            admin_host=own.admin_host,
            admin_conf=own.admin_conf,
            admin_entity=own.admin_entity,
            keys=own.keys,
            further={_fsid(block): _cluster(block, name) for name, block in clusters.items()},
        )

    @property
    def admin_hosts(self) -> list[str]:
        """Every host that speaks for a cluster, the stack's own first."""
        ways = [self.admin_host, *(way.admin_host for way in self.further.values())]
        return list(dict.fromkeys(host for host in ways if host))

    def cluster(self, fsid: str) -> ClusterAccess:
        """Return the way into a cluster. Any that is not a further one is taken for the stack's own.

        The session with the admin host finds out whether it is.
        """
        own = ClusterAccess(self.admin_host, self.admin_conf, self.admin_entity, self.keys)
        return self.further.get(fsid, own)

    def open(self, access: HostAccess, cluster: ClusterAccess | None = None) -> RemoteHost:
        """Return the host, not yet connected; it speaks for the stack's own cluster unless another is given."""
        kind = LocalHost if access.address == LOCAL else SshHost
        speaks_for = cluster or self.cluster("")
        return kind(access, speaks_for.admin_conf, speaks_for.admin_entity)


def _fsid(block: dict[str, Any]) -> str:
    """Return the fsid as resources have it, whatever its spelling in the settings; as it is if it is none."""
    text = str(block.get("fsid", ""))
    try:
        return str(UUID(text))
    except ValueError:
        return text  # the program refuses it


def _cluster(block: dict[str, Any], name: str = "") -> ClusterAccess:
    given = _given(block)
    return ClusterAccess(
        admin_host=given.get("admin_host", ""),
        admin_conf=given.get("admin_conf", ClusterAccess.admin_conf),
        admin_entity=given.get("admin_entity", ClusterAccess.admin_entity),
        keys={entity: HandedKey(**_given(source)) for entity, source in given.get("keys", {}).items()},
        name=name,
    )


def _way(name: str, blocks: dict[str, dict[str, Any]], ssh: dict[str, Any], *seen: str) -> HostAccess:
    """Return the way to a host.

    Args:
        name: The host's name in the settings.
        blocks: The settings of each host.
        ssh: The settings that hold for every host, and for a jump host that is described in place.
        *seen: The hosts that lead here, so that a circle is found.
    """
    if name not in blocks or name in seen:
        # The program refuses both. Never connect in another way than was asked for.
        raise Refused(f"ceph-openstack:hosts: the way to {' through '.join((*seen, name))} leads nowhere; see `jump`")
    block = dict(blocks[name])
    jump = block.pop("jump", None)
    way = HostAccess.from_dict(name, block)
    if jump is None or jump == name:
        return way
    if isinstance(jump, str):
        return way.through(_way(jump, blocks, ssh, *seen, name))
    login = {**ssh, "port": 22, **_given(jump), "jump": None}
    return way.through(HostAccess.from_dict(f"{name}'s jump host", login))


def _object(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) and value else value or {})


def _given(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is set; an empty value in YAML is as good as none."""
    return {name: value for name, value in block.items() if value is not None}
