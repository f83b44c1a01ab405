"""The accounts of a stack: which user of which host has to reach which pools of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.user import User
from components.stack.account import Account
from components.stack.daemon_on_host import DaemonOnHost
from components.stack.inventory import Inventory
from components.stack.keyrings import keyrings_on


def accounts(inventory: Inventory) -> Iterator[Account]:
    """Return the accounts of a cluster, each once."""
    site = inventory.site
    names_of_pools = [owned.wanted.pool.name for owned in inventory.made_pools.values()]
    pools = {
        ceph_user.user.entity: tuple(name for name in names_of_pools if name in ceph_user.caps.pools)
        for ceph_user in inventory.users.values()
    }
    keyrings = {
        (host, keyring.entity): keyring.path
        for host in inventory.hosts
        for keyring in keyrings_on(inventory, host)
        if keyring.managed
    }
    found = [
        Account(
            host=instance.host,
            user=instance.daemon.user,
            fsid=site.fsid,
            entity=user.entity,
            conf=site.ceph_conf,
            keyring=keyrings.get((instance.host, user.entity)),
            pools=pools[user.entity],
            for_guests=_is_for_guests(inventory, instance, user),
        )
        for instance in inventory.daemons
        for user in instance.users
    ]
    return iter(dict.fromkeys(found))


def _is_for_guests(inventory: Inventory, instance: DaemonOnHost, user: User) -> bool:
    """Return whether the daemon keeps nothing on the cluster as this user, so that only guests do."""
    service = instance.service
    if not service.runs_guests:
        return False
    own = inventory.users.get(service.label)
    if own is not None and own.user in instance.users:  # the daemon no longer works as a user that it had
        return user.entity != own.user.entity
    its_own = {owned.wanted.pool.name for owned in inventory.pools.values() if owned.where[0] == service.name}
    return its_own.isdisjoint(inventory.users[inventory.roles[user.entity]].caps.pools)
