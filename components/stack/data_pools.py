"""Data pools: which pool holds the data of another pool's images, and for which user images are made so."""

from __future__ import annotations

from collections.abc import Iterable

from components.services.ceph_user import CephUser
from components.stack.owned_pool import OwnedPool
from providers.formats.caps import rights_on


def data_pools_of(pools: Iterable[OwnedPool]) -> dict[str, str]:
    """Return the name of each pool that has a data pool to the name of the data pool."""
    return {owned.wanted.pool.name: data.pool.name for owned in pools if (data := owned.wanted.data)}


def written_pools(needed: CephUser, pools: Iterable[OwnedPool]) -> list[OwnedPool]:
    """Return the pools in which the user makes images, by the caps that the service gives the user."""
    osd = needed.caps.texts.get("osd", "")
    return [
        owned for owned in pools if not owned.wanted.is_data and "w" in (rights_on(osd, owned.wanted.pool.name) or ())
    ]
