"""FoundKeyring: where the keyring of a user lies on a host, as librados would find it."""

from __future__ import annotations

from dataclasses import dataclass

from commands.discover.host_contents import HostContents
from providers.errors import ProviderError
from providers.formats.ceph_conf import CephConfSyntaxError
from providers.formats.keyring import keys_in


@dataclass(frozen=True)
class FoundKeyring:
    """The keyring of a user on a host.

    Attributes:
        path: Where it lies.
        owner: Its owner.
        group: Its group.
        mode: Four octal digits.
        is_current: Whether it holds the key that the cluster has.
        is_alone: Whether it holds no other user's key.
    """

    path: str
    owner: str
    group: str
    mode: str
    is_current: bool
    is_alone: bool

    @property
    def is_mappable(self) -> bool:
        """Whether settings can say how the keyring lies, and a run would leave it as it is."""
        return self.is_current and self.is_alone

    @property
    def parts(self) -> dict[str, str]:
        """What settings can say of it."""
        return {"path": self.path, "owner": self.owner, "group": self.group, "mode": self.mode}


def found_keyring(host: HostContents, cluster: str, entity: str, key: str) -> FoundKeyring | None:
    """Return the first keyring of the search path that has a key of the entity; None when there is none.

    Args:
        host: What the host has.
        cluster: The cluster's name on the host.
        entity: The user.
        key: SHA-256 of the user's key in the cluster.
    """
    for path in _search_path(host, cluster, entity):
        state = host.keyrings.get(path)
        keys = _keys(state.content or "") if state else {}
        if state and entity in keys:
            return FoundKeyring(path, state.owner, state.group, state.mode, keys[entity] == key, len(keys) == 1)
    return None


def _search_path(host: HostContents, cluster: str, entity: str) -> list[str]:
    conf = host.ceph_confs.get(f"/etc/ceph/{cluster}.conf")
    named = [conf.value(section, "keyring") for section in (entity, "client", "global")] if conf else []
    written = [path.replace("$cluster", cluster).replace("$name", entity) for path in named if path]
    usual = [f"/etc/ceph/{cluster}.{entity}.keyring", f"/etc/ceph/{cluster}.keyring", "/etc/ceph/keyring"]
    return [*written[:1], *usual]


def _keys(text: str) -> dict[str, str]:
    try:
        return keys_in(text)
    except (CephConfSyntaxError, ProviderError):
        return {}
