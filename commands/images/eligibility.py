"""Which images are replaced."""

from __future__ import annotations

from collections.abc import Iterator

from commands.images import qemu_img
from commands.images.original import Original
from providers.errors import Refused
from providers.reach.images import REPLACED

ENCRYPTED = ("cinder_encryption_key_", "os_encrypt_")
"""How the properties begin that name the key of an encrypted image. Glance deletes the key with the image."""


def check_eligible(original: Original) -> None:
    """Refuse an image that must not be replaced, or that is as it should be.

    Raises:
        Refused: The first reason not to replace the image.
    """
    for reason in _reasons(original):
        raise Refused(f"{original.where}: {reason}")


def _reasons(original: Original) -> Iterator[str]:
    image, known = original.image, original.properties
    if original.is_replaced:
        yield f"was replaced by {known[REPLACED]} already"
    if image["status"] != "active":
        yield f"its status is {image['status']}; only active images have all their data"
    if not image.get("size"):
        yield "has no data of its own; it stands for snapshots of volumes"
    if image.get("container_format") != "bare":
        yield f"its container_format is {image.get('container_format')}; only bare ones are disks"
    if original.request.convert:
        yield from _reasons_not_to_convert(original)
    if any(name.startswith(ENCRYPTED) for name in known):
        yield (
            "is of an encrypted volume, and Glance may delete its key with the first of two images that have it;"
            " leave it as it is"
        )
    if not original.request.convert and original.location.is_right:
        yield f"is in RBD already ({original.location.text}); nothing is to do"


def _reasons_not_to_convert(original: Original) -> Iterator[str]:
    disk_format = original.image.get("disk_format")
    if disk_format == "raw":
        yield "is raw already; `images move` brings it into RBD"
    if disk_format not in qemu_img.FORMATS:
        yield (
            f"{disk_format} is not converted here; {', '.join(qemu_img.FORMATS)} are. Convert it yourself and"
            " upload it anew"
        )
    if any(name.startswith("img_signature") for name in original.properties):
        yield "is signed, and its signature is of the data that it has; convert it before it is signed"
