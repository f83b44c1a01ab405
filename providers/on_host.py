"""KindOnHost: the shape of things that live on one host, and whose journal is kept there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pydantic import Field
from typing_extensions import override

from providers.desired import Desired
from providers.errors import Refused
from providers.formats.names import HostName
from providers.journal.entry import Entry
from providers.journal.entry_steps import WriteEntry
from providers.journal.host_journal import HostJournal, RemoveFolders
from providers.kind import Kind, Observed
from providers.plan import Elsewhere, Step, carry_out, only_if
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
    def naming(self, desired: H, observed: Observed, machines: Machines) -> list[Step]:
        entry = _entry(observed)
        # A name of the settings is another host's, or a second name of this machine, which is refused elsewhere.
        if entry is None or entry.host in machines.settings.hosts:
            return []
        named = WriteEntry(HostJournal(desired.stack), entry.model_copy(update={"host": desired.host}))
        return only_if(getattr(observed, "unchanged", None), [named])

    @override
    def new_name(self, observed: Observed, machines: Machines) -> str:
        entry = _entry(observed)
        return entry.host if entry is not None and entry.host in machines.settings.hosts else ""

    @override
    def remove_empty_folders(self, desired: H) -> list[Step]:
        return [RemoveFolders(HostJournal(desired.stack))]


def _entry(observed: object) -> Entry[Any] | None:
    """Return the journal's entry for a thing; None for a thing of which no journal is kept, too."""
    entry: Entry[Any] | None = getattr(observed, "entry", None)
    return entry


def _no_key(entity: str) -> str:
    raise Refused(f"the key of {entity} is asked for by a thing that holds none; report it")
