"""Caps that an operator writes for a user instead of the service's: what the service needs and they do not grant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components.services.ceph_user import CephUser
from components.services.notice import Notice
from components.stack.inventory import Inventory
from providers.formats.caps import may_blocklist, reads_are_lost, rights_on


@dataclass(frozen=True)
class Ungranted:
    """A pool that a service needs, and that the caps of its user do not grant.

    Attributes:
        pool: name of the pool.
        to_write: whether the service writes to the pool; else it only reads there.
        to_read: whether not even reading is granted.
    """

    pool: str
    to_write: bool
    to_read: bool


def own_caps(inventory: Inventory) -> Iterator[tuple[str, CephUser]]:
    """Yield each user with caps of the operator's own: the name of the service, and what the service would give."""
    for label, needed in inventory.needed_users.items():
        if needed.user.caps is not None:
            yield inventory.service(label).name, needed


def ungranted(needed: CephUser) -> Iterator[Ungranted]:
    """Yield each pool that the caps in `needed` grant, and the operator's own text does not."""
    wanted, own = needed.caps.texts.get("osd", ""), (needed.user.caps or {}).get("osd", "")
    for pool in dict.fromkeys(needed.caps.pools):
        rights = rights_on(wanted, pool)
        granted = rights_on(own, pool)
        missing = frozenset() if rights is None or granted is None else rights - granted
        if missing:
            yield Ungranted(pool, "w" in (rights or ()), reads_are_lost(missing))


def caps_notice_names(service: str) -> tuple[str, str]:
    """Return how a notice of a service's own caps is called: of those for mon, and of those for osd."""
    label = service.replace("_", "-")
    return f"{label}-no-blocklist", f"{label}-no-read"


def caps_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield what works less well under the operator's own caps than under the service's."""
    guests = {
        user.entity
        for wired in inventory.wired_services
        for user in wired.service.secret_users(wired.mine, inventory.others)
    }
    for service, needed in own_caps(inventory):
        entity, setting, names = needed.user.entity, f"{service}.{needed.setting}.caps", caps_notice_names(service)
        if not may_blocklist((needed.user.caps or {}).get("mon", "")):
            what = (
                "guests stay down after their hypervisor crashed, until somebody removes the locks of their disks"
                if entity in guests
                else "an image stays locked when the service that wrote it has died"
            )
            text = f"mon does not let {entity} blocklist a dead client: {what}; `profile rbd` does"
            yield Notice("warning", names[0], setting, text)
        for pool in ungranted(needed):
            if not pool.to_write:
                what = f"osd does not let {entity} read pool {pool.pool}"
                yield Notice(
                    "warning", names[1], setting, f"{what}: what is cloned from there is a full copy, or fails"
                )
