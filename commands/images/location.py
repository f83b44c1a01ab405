"""Where an image's data is, as far as Glance shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from commands.images.target import Target

NOT_SHOWN = "Glance shows neither"
"""Neither a URL nor a store."""


@dataclass(frozen=True)
class Location:
    """Where an image's data is.

    Attributes:
        text: The place, in words.
        is_right: Whether that is where the image should be. None: Glance does not show it.
    """

    text: str
    is_right: bool | None


def location_of(image: dict[str, Any], target: Target) -> Location:
    """Return where an image is, by its direct URL, its locations or its stores, whichever Glance shows first."""
    urls = [
        str(url)
        for url in (image.get("direct_url"), *(location.get("url") for location in image.get("locations") or []))
        if url
    ]
    for url in urls:
        if urlsplit(url).scheme == "rbd":
            return _in_rbd(url, target)
    if urls:
        return Location(urlsplit(urls[0]).scheme or "elsewhere", False)
    stores = [store for store in str(image.get("stores") or "").split(",") if store]
    if not stores:
        return Location(NOT_SHOWN, None)
    return Location(f"store {','.join(stores)}", target.store in stores if target.store else None)


def _in_rbd(url: str, target: Target) -> Location:
    # rbd://fsid/pool/image/snapshot. Glance's older form without the fsid is rbd://image.
    parts = urlsplit(url)
    fsid, pool = parts.netloc, unquote(parts.path.split("/")[1]) if parts.path.count("/") >= 3 else ""
    if target.fsid and pool and fsid != target.fsid:
        return Location(f"rbd of cluster {fsid}", False)
    return Location(f"rbd {pool}".strip(), True)
