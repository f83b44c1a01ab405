"""Finds the image that the command line names."""

from __future__ import annotations

from typing import Any

from providers.errors import Refused
from providers.reach.cloud import Cloud
from providers.reach.images import COPY, ID, SOURCE, ambiguous, find, with_name


def find_image(cloud: Cloud, name: str) -> dict[str, Any]:
    """Return the image of this id or name, as Glance's API shows it.

    A run that was cut just before its end left two images of the name, the original and its copy. The original is
    returned.

    Raises:
        Refused: There is no such image, or several images have the name.
    """
    images = [] if ID.fullmatch(name) else with_name(cloud, name)
    originals = {(image["id"], image.get(COPY)) for image in images}
    images = [image for image in images if (image.get(SOURCE), image["id"]) not in originals]
    if len(images) > 1:
        raise ambiguous(cloud, name, len(images))
    image = images[0] if images else find(cloud, name)
    if image is None:
        raise Refused(f"{cloud.where}: there is no image {name}; `images list` shows them by id")
    return image
