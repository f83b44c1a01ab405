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
"""Property of an image that `commands images` made: the id of the image that the new one was made from.

Any tenant can set this property on an image of its own.
"""
COPY = "ceph_openstack_copy"
"""Property of an image while `commands images` makes a new image of it: the id of the new image.

Only this property proves what a run began.
"""

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
"""The fields that Glance itself has for an image; every other field is a property."""


def find(cloud: Cloud, name: str, known: str = "") -> dict[str, Any] | None:
    """Find an image by id or name, and return it as the API gives it.

    Hidden images are found by id only. If the image `known`, or a copy that `commands images` made of it, still bears
    the name, that image wins. Otherwise only public images and those of the login's own project count, because any
    tenant may give an image any name.

    Args:
        cloud: Where to look.
        name: The image's id or name.
        known: Id of the image that the name meant so far; empty when the name meant none.
    """
    if ID.fullmatch(name):
        row: dict[str, Any] | None = cloud.get("image", f"/images/{name}")
        return row
    rows = with_name(cloud, name)
    meant = trusted(cloud, rows)
    if known:
        copies = [row for row in meant if row.get(SOURCE) == known]
        meant = copies or [row for row in rows if row.get("id") == known] or meant
    if len(meant) > 1:
        raise ambiguous(cloud, name, len(meant))
    return meant[0] if meant else None


def trusted(cloud: Cloud, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those images to which an administrator or the login's own project gave their name and properties."""
    with understood(cloud.where, "/images"):
        return [row for row in rows if row["visibility"] == "public" or row["owner"] == cloud.project()]


def with_name(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """Return the images of this name, without hidden ones."""
    return cloud.listed("image", f"/images?visibility=all&name={quote(name, safe='')}", "images")


def ambiguous(cloud: Cloud, name: str, count: int) -> Refused:
    """Return the refusal of a name that several images have."""
    return Refused(f"{cloud.where}: {count} images are called {name}; name the one that is meant by its id")


def properties(cloud: Cloud, row: dict[str, Any]) -> dict[str, str]:
    """Return the properties of an image that the API gave."""
    with understood(cloud.where, "/images"):
        return {name: str(value) for name, value in row.items() if name not in OWN}


def change(id_: str, name: str, changes: dict[str, Any]) -> CloudCall:
    """Return the one call that sets properties or Glance's own fields, all of them or none. None removes a property."""
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
