"""The keyrings on a host: of which users, where each lies, and who may read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.settings.keyring_file import KeyringFile
from components.settings.user import User
from components.stack.daemon_on_host import DaemonOnHost
from components.stack.inventory import Inventory

KEYRING_MODE = "0640"


@dataclass(frozen=True)
class KeyringOnHost:
    """The keyring of one generation of a cephx user on a host.

    Attributes:
        label: label of the service whose user it is.
        user: the cephx user.
        generation: the generation of the user.
        path: where the keyring lies.
        owner: owner of the keyring.
        group: group of the keyring. Where two daemons read a keyring, the second reads the keyring as the group.
        mode: mode of the keyring.
        managed: whether the stack keeps the keyring; if not, the stack neither writes nor names the keyring there.
    """

    label: str
    user: User
    generation: int
    path: str
    owner: str
    group: str
    mode: str
    managed: bool

    @property
    def entity(self) -> str:
        """The entity whose key the keyring holds."""
        return self.user.entity_of(self.generation)


@dataclass(frozen=True)
class SaidOfKeyring:
    """One part of a keyring's place, as a service's settings say it.

    Attributes:
        service: the name of the service.
        part: the name of the part, such as `mode`.
        value: what the settings say.
    """

    service: str
    part: str
    value: Any


def keyrings_on(inventory: Inventory, host: str) -> list[KeyringOnHost]:
    """Return the keyrings on a host, the generations of a user one after the other."""
    here = _daemons(inventory, host)
    users = {user.entity: user for instance in here for user in (*instance.users, *instance.kept)}
    return [_keyring(inventory, host, user, generation) for user in users.values() for generation in user.generations]


def _keyring(inventory: Inventory, host: str, user: User, generation: int) -> KeyringOnHost:
    # Daemons of one project share an owner, so there are at most two.
    daemons = [instance.daemon for instance in _daemons(inventory, host) if user in (*instance.users, *instance.kept)]
    entity, label = user.entity_of(generation), inventory.roles[user.entity]
    said = {one.part: one.value for one in said_of_keyring(inventory, host, entity)}
    usual = {
        "path": inventory.site.keyring(entity),
        "owner": daemons[0].user,
        "group": daemons[-1].group,
        "mode": KEYRING_MODE,
        "managed": True,
    }
    return KeyringOnHost(label=label, user=user, generation=generation, **{**usual, **said})


def said_of_keyring(inventory: Inventory, host: str, entity: str) -> Iterator[SaidOfKeyring]:
    """Yield what the services on a host say in `keyrings` of an entity's keyring there."""
    for wired in inventory.wired_services:
        if host in wired.mine.hosts:
            said: KeyringFile = wired.mine.keyrings.get(entity, KeyringFile())
            for part in sorted(said.model_fields_set):
                # A path is that of one keyring, which is the one of the stack's own cluster.
                if inventory.cluster and part == "path":
                    continue
                if (value := getattr(said, part)) is not None:
                    yield SaidOfKeyring(wired.service.name, part, value)


def _daemons(inventory: Inventory, host: str) -> list[DaemonOnHost]:
    return [instance for instance in inventory.daemons if instance.host == host]
