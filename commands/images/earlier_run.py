"""What an earlier run left that was cut off.

An image's own properties do not prove that a run made the image, because any tenant can set them. A copy counts as ours
only if the original's property `ceph_openstack_copy` names the copy, and the copy is as a run leaves it.
"""

from __future__ import annotations

from typing import Any

from commands.images.original import Original
from providers.errors import Refused
from providers.reach.images import COPY, ID, SOURCE


def recorded_copy(original: Original) -> dict[str, Any] | None:
    """Return the copy that the original names, or None when an earlier run recorded none.

    Raises:
        Refused: The image that the original names is not as a run leaves it.
    """
    cloud, id_ = original.cloud, str(original.image.get(COPY))
    copy: dict[str, Any] | None = cloud.get("image", f"/images/{id_}") if ID.fullmatch(id_) else None
    if copy is None:
        return None
    expected = _expected(original, copy)
    others = [name for name, values in expected.items() if copy.get(name) not in values]
    if others:
        raise Refused(
            f"{original.where}: its property {COPY} names image {id_}, and that is not as an earlier run of this"
            f" command leaves it (its {', '.join(others)}); look at both, then"
            f" `openstack image unset --property {COPY} {original.id}`, and run it again"
        )
    return copy


def _expected(original: Original, copy: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the values that each field of a copy may have, while it is hidden and afterwards."""
    image, hidden = original.image, copy.get("os_hidden")
    shared = ["shared"] if image["visibility"] == "shared" else []
    return {
        SOURCE: [original.id],
        # An image without an owner is changed by administrators only, and its copy is in their project.
        "owner": [image.get("owner") or copy.get("owner")],
        "name": [original.unfinished_name if hidden else image["name"]],
        "os_hidden": [True, False],
        "visibility": ["private", *shared] if hidden else [image["visibility"]],
        "disk_format": [original.copy_format],
        "container_format": ["bare"],
        "status": [copy.get("status") if hidden else "active"],
    }


def unrecorded_copies(original: Original) -> list[str]:
    """Return the ids of copies that a run created as its last act. They have no data, and no original names them."""
    path = f"/images?visibility=all&os_hidden=true&{SOURCE}={original.id}"
    recorded, owner = original.image.get(COPY), original.image.get("owner")
    expected = {SOURCE: original.id, "name": original.unfinished_name, "status": "queued"}
    return [
        str(image["id"])
        for image in original.cloud.listed("image", path, "images")
        if image["id"] != recorded
        and (not owner or image.get("owner") == owner)
        and expected == {name: image.get(name) for name in expected}
    ]
