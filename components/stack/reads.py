"""Reads: what a process reads of the files that the stack writes, and a digest that says when that changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from components.stack.node import Node
from providers.models import CephConfDesired, ConfigSectionsDesired, KeyringDesired, Watched

Sections = Mapping[str, Mapping[str, str]]
Items = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Reads:
    """A file, or the part of it, that a process reads.

    Attributes:
        digest: of what is written; a changed one shows in the preview why a process is restarted.
        watch: path, dialect and options to compare with what the running process has read.
    """

    digest: str
    watch: Watched


def reads(node: Node, entities: Sequence[str]) -> Reads:
    """Return what a process that connects as `entities` reads of a file of the graph.

    Of ceph.conf that is no other user's section.
    """
    match node.model:
        case CephConfDesired() as conf:
            read = ("global", "client", *entities)
            sections = {name: options for name, options in conf.sections.items() if name in read}
            return _reads(conf.path, "ceph", sections)
        case KeyringDesired() as keyring:
            more = [keyring.owner, keyring.group, keyring.mode]
            return _reads(keyring.path, "keyring", {keyring.entity: {"key": "current"}}, more=more)
        case ConfigSectionsDesired() as config:
            return _reads(config.path, "oslo", config.sections, _listed(config))
        case _:
            raise TypeError(f"{type(node.model).__name__} is no file")


def _listed(config: ConfigSectionsDesired) -> Items:
    listed: dict[str, dict[str, list[str]]] = {}
    for items in (config.list_items_if_absent, config.list_items):
        for section, options in items.items():
            for option, values in options.items():
                listed.setdefault(section, {}).setdefault(option, []).extend(values)
    return listed


def _reads(
    path: str,
    dialect: Literal["oslo", "ceph", "keyring"],
    sections: Sections,
    items: Items | None = None,
    more: Sequence[str] = (),
) -> Reads:
    items = items or {}
    written = {"path": path, "sections": sections, "list_items": items, "more": list(more)}
    digest = hashlib.sha256(json.dumps(written, sort_keys=True, default=dict).encode()).hexdigest()[:12]
    options = {name: sorted({*sections.get(name, {}), *items.get(name, {})}) for name in sorted({*sections, *items})}
    return Reads(digest, Watched(path=path, dialect=dialect, options=options))
