"""Lists images that are not raw, or not in the cluster's RBD.

Guests and volumes of those images are full copies, slow to make and larger.
"""

from __future__ import annotations

from typing import Any

from commands.images.location import NOT_SHOWN, location_of
from commands.images.size import size_text
from commands.images.target import Target
from commands.images.usage import Usage, read_usage
from commands.table import table
from providers.reach.cloud import Cloud, understood
from providers.redaction import redacted_line

HEAD = ("ID", "NAME", "FORMAT", "WHERE", "SIZE", "STATUS", "OWNER", "USED BY", "WHY")


def list_images(cloud: Cloud, target: Target) -> list[str]:
    """Return the lines of the listing. Hidden images are not in it."""
    images = cloud.listed("image", "/images?visibility=all&limit=200", "images")
    usage = read_usage(cloud)
    with understood(cloud.where, "/images"):
        ordered = sorted(images, key=lambda image: (str(image.get("name")), str(image["id"])))
        rows = [_row(image, target, usage) for image in ordered if _reason(image, target)]
    if not rows:
        return [f"all {len(images)} images are raw and in RBD"]
    return [*table(HEAD, rows), f"{len(rows)} of {len(images)} images; hidden ones are not looked at"]


def _row(image: dict[str, Any], target: Target, usage: Usage) -> list[str]:
    cells = (
        image["id"],
        image.get("name"),
        image.get("disk_format"),
        location_of(image, target).text,
        size_text(image.get("size")),
        image["status"],
        image.get("owner"),
        usage.text(image["id"]),
        _reason(image, target),
    )
    return [redacted_line(str(cell or "-")) for cell in cells]


def _reason(image: dict[str, Any], target: Target) -> str:
    """Return why an image is listed. Empty: it is as it should be."""
    location = location_of(image, target)
    reasons = [] if image.get("disk_format") == "raw" else ["not raw"]
    if location.is_right is False:
        reasons.append("not in RBD")
    elif location.is_right is None:
        named = location.text != NOT_SHOWN
        reasons.append("is that store in RBD? name it with --store" if named else NOT_SHOWN)
    return "; ".join(reasons)
