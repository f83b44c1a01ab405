"""KindOnHost: the shape of things that live on one host, and whose journal is kept there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import Field
from typing_extensions import override

from providers.desired import Desired
from providers.errors import Refused
from providers.formats.names import HostName
from providers.journal.host_journal import HostJournal, RemoveFolders
from providers.kind import Kind, Observed
from providers.plan import Elsewhere, Step, carry_out
from providers.reach.machines import Machines
from providers.reach.steps import KeySource


class OnHost(Desired):
    """What is wanted on a host."""

    host: HostName = Field(description="The host's name in the settings.")


H = TypeVar("H", bound=OnHost)


class KindOnHost(Kind[H, Observed], Generic[H, Observed]):
    """A kind of thing on a host. Its steps go to that host's agent."""

    @override
    def host(self, desired: H, machines: Machines) -> str:
        return desired.host

    def key_source(self, desired: H, machines: Machines) -> KeySource:
        """Return what resolves a `KeyOf` in this kind's steps; by default none is in them."""
        return _no_key

    @override
    def apply(self, desired: H, steps: Sequence[Step], machines: Machines) -> None:
        carry_out(
            steps,
            lambda steps: machines.host(desired.host).apply(steps, self.key_source(desired, machines)),
            lambda step, rest: self.elsewhere(desired, step, rest, machines),
        )

    def elsewhere(self, desired: H, step: Elsewhere, rest: list[Step], machines: Machines) -> list[Step]:
        """Do a step that is no single call to the host, and return the steps that follow it."""
        raise NotImplementedError(f"{self.noun}: {step}")

    @override
    def remove_empty_folders(self, desired: H) -> list[Step]:
        return [RemoveFolders(HostJournal(desired.stack))]


def _no_key(entity: str) -> str:
    raise Refused(f"the key of {entity} is asked for by a thing that holds none; report it")
