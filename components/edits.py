"""Edits: files that a stack writes on a host, as the processes that read them see it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi import Resource

from providers.models import Watched

Sections = Mapping[str, Mapping[str, str]]
Items = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Edit:
    """A file, or the part of it, that a process reads.

    label    -- logical name of the resource that writes it
    resource -- that resource
    digest   -- of what is written; a changed one shows in the preview why a process is restarted
    watch    -- path, dialect and options to compare with what the running process has read
    """

    label: str
    resource: Resource
    digest: str
    watch: Watched


def edit(
    label: str,
    resource: Resource,
    *,
    path: str,
    dialect: Literal["oslo", "ceph", "keyring"],
    sections: Sections,
    list_items: Items | None = None,
    more: Sequence[str] = (),
) -> Edit:
    """Return the edit of the given options.

    more -- what else matters to the reader, such as the owner of the file
    """
    items = list_items or {}
    written = {"path": path, "sections": sections, "list_items": items, "more": list(more)}
    digest = hashlib.sha256(json.dumps(written, sort_keys=True, default=dict).encode()).hexdigest()[:12]
    options = {name: sorted({*sections.get(name, {}), *items.get(name, {})}) for name in sorted({*sections, *items})}
    return Edit(label, resource, digest, Watched(path=path, dialect=dialect, options=options))
