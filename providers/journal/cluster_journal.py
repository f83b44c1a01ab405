"""ClusterJournal: the entries of one stack in a cluster's own key-value store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from providers.journal.entry import E, Entry, parsed
from providers.reach.cluster import CLUSTER_PREFIX
from providers.reach.steps import HostStep, mon


@dataclass(frozen=True)
class ClusterJournal:
    """The entries of one stack in the cluster's own key-value store."""

    stack: str

    @property
    def prefix(self) -> str:
        """What the keys of the stack's entries begin with."""
        return f"{CLUSTER_PREFIX}/{quote(self.stack, safe='')}"

    def key(self, kind: str, what: str) -> str:
        """Return the key of an entry."""
        return f"{self.prefix}/{kind}/{what}"

    def read(self, entries: dict[str, str], kind: str, what: str, form: type[E]) -> E | None:
        """Return the entry for a thing, None when there is none."""
        key = self.key(kind, what)
        return parsed(entries[key], f"config-key {key}", form) if key in entries else None

    def writing(self, entry: Entry[Any]) -> list[HostStep]:
        """Return the admin host's step that writes the entry."""
        return [mon("config-key set", key=self.key(entry.kind, entry.what), val=entry.text())]

    def removing(self, kind: str, what: str) -> list[HostStep]:
        """Return the admin host's step that removes the entry."""
        return [mon("config-key rm", key=self.key(kind, what), accept=("ENOENT",))]
