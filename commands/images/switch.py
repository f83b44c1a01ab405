"""Lets a copy take the original's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from commands.images.original import Original
from providers.reach.cloud import Cloud, understood
from providers.reach.cloud_call import CloudCall
from providers.reach.images import COPY, REPLACED, change


def show_copy(original: Original, copy_id: str, print_line: Callable[[str], None]) -> None:
    """Give the copy the original's name, visibility, members and properties. From then on users see it."""
    cloud, image = original.cloud, original.image
    given = {
        "name": image["name"],
        "os_hidden": False,
        "visibility": image["visibility"],
        "protected": image["protected"],
        **original.copy_properties,  # again, because the original's may have been changed since the copy was created
    }
    if image["visibility"] == "shared" and (members := _members(cloud, original.id)):
        # Glance shows and takes members of shared images only. The copy is still hidden.
        cloud.send(change(copy_id, copy_id, {"visibility": "shared"}))
        for member in sorted(members - _members(cloud, copy_id)):
            printed = f"image add project {copy_id} {member}"
            cloud.send(CloudCall("image", "POST", f"/images/{copy_id}/members", printed, {"member": member}))
            print_line(f"project {member} has to accept the new image: `openstack image set --accept {copy_id}`")
    cloud.send(change(copy_id, original.name, given))


def hide_original(original: Original, copy_id: str, print_line: Callable[[str], None]) -> None:
    """Hide the original, under another name and with the copy's id as a property."""
    changes: dict[str, Any] = {"name": original.former_name, "os_hidden": True, REPLACED: copy_id, COPY: None}
    original.cloud.send(change(original.id, original.name, changes))
    print_line(f"{original.title} is now called {original.former_name}, and hidden; {copy_id} has its name")


def _members(cloud: Cloud, image_id: str) -> set[str]:
    with understood(cloud.where, "members"):
        answer = cloud.get("image", f"/images/{image_id}/members")
        return {str(row["member_id"]) for row in (answer or {"members": []})["members"]}
