"""watched_file: what a daemon reads of a file that the stack writes.

It shows in a preview why the daemon will restart, and is compared with what the running daemon has read.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.stack.node import Node
from providers.models import CephConfDesired, ConfigSectionsDesired, KeyringDesired, WatchedFile


def watched_file(node: Node, entities: Sequence[str], fsid: str | None = None) -> tuple[str, WatchedFile]:
    """Return the path of the file of a node, and what a daemon that connects as `entities` reads there.

    In ceph.conf the daemon does not read the sections of other users. A keyring of a further cluster tells its `fsid`.
    """
    match node.model:
        case CephConfDesired() as conf:
            read = ("global", "client", *entities)
            sections = {name: options for name, options in conf.sections.items() if name in read}
            return conf.path, WatchedFile.written(conf.path, "ceph", sections)
        case KeyringDesired() as keyring:
            found = WatchedFile(
                dialect="keyring",
                entity=keyring.entity,
                fsid=fsid,
                owner=keyring.owner,
                group=keyring.group,
                mode=keyring.mode,
            )
            return keyring.path, found
        case ConfigSectionsDesired() as config:
            later = list(config.later_files)
            written = WatchedFile.written(config.path, "oslo", config.sections, _listed(config), later)
            return config.path, written
        case _:
            raise TypeError(f"{type(node.model).__name__} is no file")


def _listed(config: ConfigSectionsDesired) -> dict[str, dict[str, list[str]]]:
    """Return the items of list options that are the stack's, by section and option."""
    listed: dict[str, dict[str, list[str]]] = {}
    for items in (config.list_items_if_absent, config.list_items):
        for section, options in items.items():
            for option, values in options.items():
                listed.setdefault(section, {}).setdefault(option, []).extend(values)
    return listed
