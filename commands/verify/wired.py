"""What a stack wires, as the program itself declares it: which resource is where, and who looks at which pools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.context import Context
from components.declared import declare
from components.settings import StackSettings
from components.stack import build, wanted_pools, wanted_readings, wanted_users
from providers import resources
from providers.kind import Desired, Kind


@dataclass(frozen=True)
class Account:
    """A service's own user on a host, the entity that it connects as, and the pools that this entity's caps name."""

    host: str
    user: str
    fsid: str
    entity: str
    conf: str
    pools: tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    """A resource as the stack wants it."""

    kind: Kind[Any, Any]
    desired: Desired


def things(stack: str, settings: StackSettings) -> Iterator[Thing]:
    """Yield every resource of ours that the stack declares, in its order."""
    for one in declare(lambda: build(settings, stack), stack).values():
        made = getattr(resources, one.kind, None)
        if made is not None and issubclass(made, resources.ManagedResource):
            kind = made.provider.kind
            yield Thing(kind, kind.desired.model_validate(one.inputs).as_stored())


def accounts(stack: str, settings: StackSettings) -> list[Account]:
    """Return who has to see which pools: every daemon of the stack, as each entity whose keyring it reads."""
    context, pools = Context(stack, settings), wanted_pools(settings)
    seen_by = {
        wanted.user.entity: tuple(pools[label].name for label in wanted.pools)
        for wanted in wanted_users(settings).values()
    }
    found = [
        Account(reading.host, reading.daemon.user, context.fsid, entity, context.ceph_conf, seen_by[entity])
        for reading in wanted_readings(context)
        for entity in reading.users
    ]
    return list(dict.fromkeys(found))
