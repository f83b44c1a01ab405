"""Example: one managed thing, and what can happen to it.

The situations of `test_kinds.py`, the cuts of `test_cuts.py` and the stories of `test_story_generated.py` are written
once, for all examples. A kind's examples are in a file of its name beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from providers.base import ManagedProvider
from tests.sim.site import Managed, Site

STACK = "dev"
HOSTILE = "x\ny; rm -rf / #`$(id)`"
"""A value that no field may accept: it would end a line, or a shell's word."""

Act = Callable[[Site], object]
"""Something that is done to the simulated site behind the program's back."""

Everything = dict[str, Any]
"""All that is on the site, as `Site.everything` gives it."""


def nothing(site: Site) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Drift:
    """Something that somebody changes by hand, and how the program answers.

    Attributes:
        name: What it is, for the test's name.
        done: The change.
        shows: The inputs that a refresh shows, with the values that it found.
        steps: What the next `up` does about it: just this, in this order.
    """

    name: str
    done: Act
    shows: dict[str, Any]
    steps: list[str]


@dataclass(frozen=True)
class Example:
    """One thing of a kind.

    Attributes:
        name: What it is, for the test's name.
        provider: The provider that manages it.
        props: The inputs as a program sends them.
        prepare: What has to be on the site first: a shipped file, a user, a unit.
        update: Inputs that change, for a second `up`; none where every field is fixed.
        fixed: For fields that must not change: another value, which `check` refuses.
        hostile: Inputs that `check` refuses, each a change of `props`.
        drifts: What somebody may do to it by hand.
        foreign: Makes it by hand before the program does. Only for kinds that can adopt.
        gone: Takes it away by hand. A deletion after that is fine.
        garble: Makes the site answer in a form that nobody knows. None: it asks only what other kinds ask, too.
        is_silent: Whether a refresh has nothing to look at, so that it says nothing of a host that is out of reach.
        has_entry: Whether the journal has an entry after an `up`; false where there is nothing to do.
        stays: Whether what somebody set on the adopted thing is still there after its deletion. It is handed everything
            after the deletion, and everything as it was when it was set.
    """

    name: str
    provider: type[ManagedProvider]
    props: dict[str, Any]
    prepare: Act = nothing
    update: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    hostile: list[dict[str, Any]] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    foreign: Act | None = None
    gone: Act | None = None
    garble: Act | None = None
    is_silent: bool = False
    has_entry: bool = True
    stays: Callable[[Everything, Everything], bool] = lambda after, theirs: after == theirs

    def resource(self, site: Site) -> Managed:
        """Return it as a resource of a stack on this site."""
        return Managed(site, self.provider(), dict(self.props))
