"""What is refused in a user's own `caps`: daemons that have none, texts that Ceph cannot read, pools left out."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.ceph_user import CephUser
from components.settings.problem import Problem, Where, hint
from components.stack.caps_linter import caps_flaws
from components.stack.inventory import Inventory
from components.stack.own_caps import own_caps
from providers.formats.caps import DAEMONS, is_readable


def caps_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each problem with the caps that an operator wrote for a user."""
    for service, needed in own_caps(inventory):
        where: Where = (service, needed.setting, "caps")
        unreadable = list(_unreadable(where, needed))
        yield from unreadable or _left_out(where, needed)


def _unreadable(where: Where, needed: CephUser) -> Iterator[Problem]:
    for daemon, text in (needed.user.caps or {}).items():
        if daemon not in DAEMONS:
            advice = hint(daemon, DAEMONS, f"known are {', '.join(DAEMONS)}")
            yield Problem((*where, daemon), f"is no daemon that has caps; {advice}")
        elif not is_readable(daemon, text):
            yield Problem(
                (*where, daemon),
                "is no text that Ceph reads as caps; write it as `ceph auth get` shows it, such as profile rbd pool=X",
            )


def _left_out(where: Where, needed: CephUser) -> Iterator[Problem]:
    if "mon" not in (needed.user.caps or {}):
        yield Problem((*where, "mon"), "is missing, and without it no client connects; add mon: profile rbd")
    for flaw in caps_flaws(needed.user.caps or {}, needed):
        if flaw.is_fatal:
            what = f"grants too little: {needed.user.entity} {flaw.what}; or name the pool that the user has"
            yield Problem((*where, flaw.daemon), what)
