"""The caps linter: which feature of a service breaks under the caps that its user has, or would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.services.ceph_user import CephUser
from components.settings.user import SecretUser
from providers.formats.caps import lists_clones, may_blocklist, reads_are_lost, rights_on

_LOCKED = (
    "cannot blocklist a dead client, so after its host crashed an image stays locked and its server does not start;"
    " `profile rbd` can (`python -m commands locks` removes such a lock)"
)
_LOCKED_BY_A_SERVICE = (
    "cannot blocklist a dead client, so an image stays locked when the service that wrote it has died; `profile rbd`"
    " can"
)
_NO_CLONES = "cannot list clones, so snapshots can be neither protected nor unprotected; `profile rbd` can"


@dataclass(frozen=True)
class CapsFlaw:
    """What caps break.

    Attributes:
        daemon: whose caps it is about: mon or osd.
        what: what the user cannot do, which feature that breaks, and what to do, as the rest of a sentence that begins
            with the user.
        pool: the pool that it is about; empty when it is about none.
        is_fatal: whether the service does not work at all with it.
    """

    daemon: str
    what: str
    pool: str = ""
    is_fatal: bool = False


def caps_flaws(caps: Mapping[str, str], needed: CephUser | None = None) -> Iterator[CapsFlaw]:
    """Yield what the caps of a user of RBD images break. Texts that cannot be read here are taken to grant everything.

    Args:
        caps: the caps by daemon, as settings or the cluster have them.
        needed: the service's user, with what the service needs and what breaks without; None when nobody knows.
    """
    if needed is None or needed.caps.of_images:
        yield from _of_images(caps, needed)
    if needed is not None:
        yield from _on_pools(caps.get("osd", ""), needed)


def _of_images(caps: Mapping[str, str], needed: CephUser | None) -> Iterator[CapsFlaw]:
    if not may_blocklist(caps.get("mon", "")):
        has_guests = needed is None or isinstance(needed.user, SecretUser)
        yield CapsFlaw("mon", _LOCKED if has_guests else _LOCKED_BY_A_SERVICE)
    osd = caps.get("osd", "")
    if osd and not lists_clones(osd):
        yield CapsFlaw("osd", _NO_CLONES)


def _on_pools(osd: str, needed: CephUser) -> Iterator[CapsFlaw]:
    """Yield each pool on which the caps grant less than the service gives its user."""
    for pool in dict.fromkeys(needed.caps.pools):
        wanted, granted = rights_on(needed.caps.texts.get("osd", ""), pool), rights_on(osd, pool)
        missing = frozenset() if wanted is None or granted is None else wanted - granted
        if not missing:
            continue
        writes = "w" in (wanted or ())
        right = "read" if reads_are_lost(missing) else "write to"
        profile = "rbd" if writes else "rbd-read-only"
        what = f"may not {right} pool {pool}, so {needed.breaks_without(pool)}; `profile {profile} pool={pool}` lets it"
        yield CapsFlaw("osd", what, pool, is_fatal=writes)
