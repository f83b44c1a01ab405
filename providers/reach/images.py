"""Images as Glance lists them: which one a name means, and what is a property."""

from __future__ import annotations

import re
import shlex
from typing import Any
from urllib.parse import quote

from providers.errors import Refused
from providers.reach.cloud import Cloud, understood
from providers.reach.cloud_call import CloudCall

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REPLACED = "ceph_openstack_replaced_by"
"""Property of an image that was replaced: the id of the new one."""
SOURCE = "ceph_openstack_source"
"""Property of an image that `commands images` made: the id of the one that it was made from. Anybody can write it on his image."""
COPY = "ceph_openstack_copy"
"""Property of an image while `commands images` makes a new one of it: the id of the new one. Only this says what a run began."""

OWN = frozenset(
    [
        "id",
        "name",
        "status",
        "visibility",
        "protected",
        "tags",
        "owner",
        "size",
        "virtual_size",
        "min_disk",
        "min_ram",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "os_hidden",
        "container_format",
        "disk_format",
        "created_at",
        "updated_at",
        "file",
        "schema",
        "self",
        "direct_url",
        "locations",
        "stores",
        "store",
        "metadata",
    ]
)
"""What Glance itself says of an image; everything else is a property."""


def found(cloud: Cloud, name: str, known: str = "") -> dict[str, Any] | None:
    """Return the image of this id or name, as the API gives it. One that is hidden has no name.

    known -- id of the one that the name meant so far, empty when it meant none: it, or what `commands images` made from it, is taken.
    Else it is a public one or one of the login's own project: everybody may call an image of his own as he likes.
    """
    if ID.fullmatch(name):
        row: dict[str, Any] | None = cloud.get("image", f"/images/{name}")
        return row
    rows = named(cloud, name)
    meant = trusted(cloud, rows)
    if known:
        heirs = [row for row in meant if row.get(SOURCE) == known]
        meant = heirs or [row for row in rows if row.get("id") == known] or meant
    if len(meant) > 1:
        raise several(cloud, name, len(meant))
    return meant[0] if meant else None


def trusted(cloud: Cloud, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those images that an administrator or the login's own project gave their name and properties."""
    with understood(cloud.where, "/images"):
        return [row for row in rows if row["visibility"] == "public" or row["owner"] == cloud.project()]


def named(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """Return the images of this name, hidden ones aside."""
    return cloud.listed("image", f"/images?visibility=all&name={quote(name, safe='')}", "images")


def several(cloud: Cloud, name: str, count: int) -> Refused:
    return Refused(f"{cloud.where}: {count} images are called {name}; name the one that is meant by its id")


def properties(cloud: Cloud, row: dict[str, Any]) -> dict[str, str]:
    with understood(cloud.where, "/images"):
        return {name: str(value) for name, value in row.items() if name not in OWN}


def change(id_: str, name: str, changes: dict[str, Any]) -> CloudCall:
    """Return the call that sets properties or Glance's own fields; None removes. One call: all of it or nothing."""
    patch = [
        {"op": "remove", "path": f"/{key}"}
        if value is None
        else {"op": "replace" if key in OWN else "add", "path": f"/{key}", "value": value}
        for key, value in changes.items()
    ]
    given = [word for key, value in changes.items() if value is not None for word in _option(key, value)]
    gone = [word for key, value in changes.items() if value is None for word in ("--property", key)]
    commands = [
        *([shlex.join(["image", "set", *given, name])] if given else []),
        *([shlex.join(["image", "unset", *gone, name])] if gone else []),
    ]
    return CloudCall("image", "PATCH", f"/images/{id_}", "; openstack ".join(commands), patch)


def _option(key: str, value: Any) -> tuple[str, ...]:
    """Return how the `openstack` program sets a property, or a field of Glance's own."""
    return (f"--{key.replace('_', '-')}", str(value)) if key in OWN else ("--property", f"{key}={value}")
