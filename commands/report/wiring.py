"""Wiring: which component connects to the cluster as whom, and which pools that user may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from commands.report.caps_effect import rights
from commands.report.change import Change, mapping
from providers.models import clients

GATE = "stack:Guard"
READS, WRITES = "reads", "reads and writes"

Side = Literal["old", "new"]
End = tuple[str, str]
"""What an edge joins: `component`, `user` or `pool`, and its name."""


@dataclass(frozen=True)
class Wiring:
    """Who uses which pool as whom.

    Attributes:
        edges: From a component to a user, and from a user to a pool, each with what the user may do there.
        hosts: Component to its hosts.
    """

    edges: Mapping[tuple[End, End], str] = field(default_factory=dict)
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Sequence[Change], side: Side) -> Wiring:
        """Return the wiring before the run (`old`) or after it (`new`).

        The gate's inputs say how all of the stack is to be wired, so what has no change is taken from there.
        """
        options, caps = _whole(changes)
        for change in changes:
            inputs = change.old if side == "old" else change.new
            if change.type == "openstack:ConfigSections":
                _put(options, (change.host, str(change.get("component"))), inputs.get("sections"))
            elif change.type == "ceph:CephxUser":
                _put(caps, (change.of_cluster, str(change.get("entity"))), inputs.get("caps"))
        pairs = {where: clients(_texts(sections)) for where, sections in options.items()}
        hosts: dict[str, list[str]] = {}
        for (host, component), found in pairs.items():
            if found:
                hosts.setdefault(component, []).append(host)
        return cls(dict(_edges(pairs, caps)), hosts)


def _whole(changes: Sequence[Change]) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any]]:
    """Return sections by host and component, and caps by cluster and entity, as the gates will look for them."""
    options: dict[tuple[str, str], Any] = {}
    caps: dict[tuple[str, str], Any] = {}
    for change in changes:
        if change.type == GATE and change.get("guards") == "change":
            looks_at = mapping(change.new.get("looks_at"))
            for host, components in mapping(looks_at.get("places")).items():
                for component, sections in mapping(components).items():
                    options[host, component] = {**options.get((host, component), {}), **mapping(sections)}
            caps |= {(change.of_cluster, entity): texts for entity, texts in mapping(looks_at.get("caps")).items()}
    return options, caps


def _put(into: dict[Any, Any], key: Any, given: Any) -> None:
    """Let what a change says stand for what the gate says, also where the change says that there is nothing."""
    into.pop(key, None)
    if mapping(given):
        into[key] = given


def _texts(sections: Any) -> dict[str, dict[str, str]]:
    return {
        section: {name: str(value) for name, value in mapping(options).items()}
        for section, options in mapping(sections).items()
    }


def _edges(
    pairs: Mapping[tuple[str, str], Iterable[tuple[str, str]]], caps: Mapping[tuple[str, str], Any]
) -> Iterator[tuple[tuple[End, End], str]]:
    """Yield the edges. Users and pools of the same names on several clusters are one end, as in the services' files."""
    pools: dict[str, None] = {}
    entities = {entity for _, entity in caps}
    for (_, component), found in pairs.items():
        for login, pool in found:
            user: End = ("user", f"client.{login}")
            yield (("component", component), user), ""
            if pool:
                pools[pool] = None
                if user[1] not in entities:  # a stack without an admin host has no users of its own
                    yield (user, ("pool", pool)), ""
    for (_, entity), texts in caps.items():
        for pool, may in rights(str(mapping(texts).get("osd", "")), pools).items():
            yield (("user", entity), ("pool", pool)), may
