"""WatchedFile: what a daemon reads of a file that the stack writes.

A digest shows in a preview why the daemon will restart. The options are compared with what the running daemon has read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from components.stack.node import Node
from providers.models import CephConfDesired, ConfigSectionsDesired, KeyringDesired, Watched

_Values = Mapping[str, Mapping[str, str]]
_Items = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class WatchedFile:
    """A file, or the part of a file, that a daemon reads.

    Attributes:
        digest: digest of what the stack writes into the file. A changed digest restarts the daemon.
        watch: path, dialect and options, to compare with what the running daemon has read.
    """

    digest: str
    watch: Watched


def watched_file(node: Node, entities: Sequence[str]) -> WatchedFile:
    """Return what a daemon that connects as `entities` reads of the file of a node.

    In ceph.conf the daemon does not read the sections of other users.
    """
    match node.model:
        case CephConfDesired() as conf:
            read = ("global", "client", *entities)
            sections = {name: options for name, options in conf.sections.items() if name in read}
            return _watched(conf.path, "ceph", sections)
        case KeyringDesired() as keyring:
            more = [keyring.owner, keyring.group, keyring.mode]
            return _watched(keyring.path, "keyring", {keyring.entity: {"key": "current"}}, more=more)
        case ConfigSectionsDesired() as config:
            return _watched(config.path, "oslo", config.sections, _listed(config))
        case _:
            raise TypeError(f"{type(node.model).__name__} is no file")


def _listed(config: ConfigSectionsDesired) -> _Items:
    """Return the items of list options that are the stack's, by section and option."""
    listed: dict[str, dict[str, list[str]]] = {}
    for items in (config.list_items_if_absent, config.list_items):
        for section, options in items.items():
            for option, values in options.items():
                listed.setdefault(section, {}).setdefault(option, []).extend(values)
    return listed


def _watched(
    path: str,
    dialect: Literal["oslo", "ceph", "keyring"],
    sections: _Values,
    items: _Items | None = None,
    more: Sequence[str] = (),
) -> WatchedFile:
    items = items or {}
    written = {"path": path, "sections": sections, "list_items": items, "more": list(more)}
    digest = hashlib.sha256(json.dumps(written, sort_keys=True, default=dict).encode()).hexdigest()[:12]
    options = {name: sorted({*sections.get(name, {}), *items.get(name, {})}) for name in sorted({*sections, *items})}
    return WatchedFile(digest, Watched(path=path, dialect=dialect, options=options))
