"""Flaws in the caps that users have in the cluster: what they break, or grant too widely. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commands.flaw import Flaw
from components.services.ceph_user import CephUser
from components.stack.caps_linter import caps_flaws
from providers.formats.caps import Grant, normal_form

_EVERY_POOL = "may write to every pool of the cluster; name the user's pools, as `profile rbd pool=…`"


def flaws_in_caps(where: str, entity: str, caps: Mapping[str, str], needed: CephUser | None = None) -> Iterator[Flaw]:
    """Yield what is wrong with a user's caps.

    Args:
        where: The host that showed them.
        entity: The user.
        caps: The caps by daemon.
        needed: The service's user, with what the service needs; None when nobody knows.
    """
    for flaw in caps_flaws(caps, needed):
        yield Flaw(where, f"caps of {entity}, {flaw.daemon}", flaw.what)
    osd = caps.get("osd", "")
    grants = normal_form({"osd": osd})["osd"] if osd else frozenset[Grant]()
    # A text that this version does not read is taken for no fault.
    if not isinstance(grants, str) and any(_writes_everywhere(dict(grant)) for grant in grants):
        yield Flaw(where, f"caps of {entity}, osd", _EVERY_POOL)


def _writes_everywhere(grant: Mapping[str, str]) -> bool:
    narrower = {"pool", "namespace", "object_prefix", "application", "class", "tag"} & grant.keys()
    writes = grant.get("profile") == "rbd" or grant.get("allow") == "*" or "allow w" in grant
    return writes and not narrower
