"""Flaws in the caps that users have in the cluster: what they break, or grant too widely. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commands.flaw import Flaw
from providers.formats.caps import Grant, may_blocklist, normal_form

_CANNOT_BLOCKLIST = (
    "cannot blocklist a dead client, so after its host crashed an image stays locked and its server does not start;"
    " `profile rbd` can (`python -m commands locks` removes such a lock)"
)
_NO_CHILDREN = "cannot list clones, so snapshots can be neither protected nor unprotected; `profile rbd` can"
_EVERY_POOL = "may write to every pool of the cluster; name the user's pools, as `profile rbd pool=…`"


def flaws_in_caps(where: str, entity: str, caps: Mapping[str, str]) -> Iterator[Flaw]:
    """Yield what is wrong with a user's caps."""
    if not may_blocklist(caps.get("mon", "")):
        yield Flaw(where, f"caps of {entity}, mon", _CANNOT_BLOCKLIST)
    osd = caps.get("osd", "")
    grants = normal_form({"osd": osd})["osd"] if osd else frozenset[Grant]()
    if isinstance(grants, str):
        return  # this version does not read it
    if any(_writes_everywhere(dict(grant)) for grant in grants):
        yield Flaw(where, f"caps of {entity}, osd", _EVERY_POOL)
    elif grants and not any(_lists_children(dict(grant)) for grant in grants):
        yield Flaw(where, f"caps of {entity}, osd", _NO_CHILDREN)


def _writes_everywhere(grant: Mapping[str, str]) -> bool:
    narrower = {"pool", "namespace", "object_prefix", "application", "class", "tag"} & grant.keys()
    writes = grant.get("profile") == "rbd" or grant.get("allow") == "*" or "allow w" in grant
    return writes and not narrower


def _lists_children(grant: Mapping[str, str]) -> bool:
    return grant.get("profile") in ("rbd", "rbd-read-only") or grant.get("object_prefix") == "rbd_children"
