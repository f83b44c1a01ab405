"""LookedAt: a resource of a stack, with what was found in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from commands.difference import Difference
from providers.desired import Desired


class LookedAtState(StrEnum):
    """How a resource is. `UNSEEN` is no statement about the resource, because it could not be looked at."""

    RIGHT = "right"
    DIFFERS = "differs"
    DEFERRED = "restart deferred"
    UNMADE = "not made yet"
    UNSEEN = "could not look"


@dataclass(frozen=True)
class LookedAt:
    """A resource, as its kind reads and plans it.

    Attributes:
        name: Its logical name in the stack, such as `glance-config-controller1`.
        what: What it is, without its place: `keyring /etc/ceph/ceph.client.glance.keyring`.
        where: Its host by the name in the settings; the cluster's are the admin host's. `cloud NAME` for what is in an
            OpenStack; `the stack` for what is nowhere.
        model: What is wanted.
        differences: What is there and other than wanted.
        steps: What `pulumi up` would do, as an operator would type it; without the writing of journals.
        records: Whether `pulumi up` would at least write its journal.
        refusal: Why `pulumi up` would refuse to do anything; empty when it would not.
        unmade: Whether this stack has neither made it nor taken it over.
        deferred: What is due and is not done, because the settings defer it.
        adopts: Whether the next `pulumi up` takes it over, and does `steps` in a later run only.
        unseen: Why it could not be looked at; empty when it was.
    """

    name: str
    what: str
    where: str
    model: Desired = field(repr=False)
    differences: tuple[Difference, ...] = ()
    steps: tuple[str, ...] = ()
    records: bool = False
    refusal: str = ""
    unmade: bool = False
    deferred: tuple[str, ...] = ()
    adopts: bool = False
    unseen: str = ""

    @property
    def state(self) -> LookedAtState:
        """How the resource is."""
        if self.unseen:
            return LookedAtState.UNSEEN
        if self.unmade:
            return LookedAtState.UNMADE
        if self.deferred and not (self.differences or self.refusal):
            return LookedAtState.DEFERRED
        wrong = self.differences or self.steps or self.records or self.refusal
        return LookedAtState.DIFFERS if wrong else LookedAtState.RIGHT
