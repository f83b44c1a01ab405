"""Compares a copy with the data that it was to get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands.images.data_file import digest_of, save
from commands.images.location import Location, location_of
from commands.images.original import Original
from commands.images.progress import with_progress
from providers.errors import Refused

ALGORITHMS = ("sha512", "sha384", "sha256", "blake2b")


def recorded_digest(image: dict[str, Any]) -> tuple[str, str]:
    """Return the algorithm and the value of the digest that Glance has on record.

    The value is empty when Glance has none. Glance before Rocky has an MD5 sum only.
    """
    if image.get("os_hash_algo") in ALGORITHMS and image.get("os_hash_value"):
        return str(image["os_hash_algo"]), str(image["os_hash_value"])
    return ("md5", str(image["checksum"])) if image.get("checksum") else ("sha512", "")


def compare(original: Original, copy: dict[str, Any], data: Path, print_line: Callable[[str], None]) -> None:
    """Refuse a copy that does not hold the data, or that is not where it should be. A refused copy stays hidden.

    Args:
        original: The image that is to be replaced.
        copy: The copy, as Glance shows it after the upload.
        data: The file that was uploaded.
        print_line: Prints a line to the operator.
    """
    title = f"{original.cloud.where}: the new image {copy['id']}"
    advice = f"the old one is as it was; `openstack image delete {copy['id']}`, then run it again"
    if copy["status"] != "active":
        raise Refused(f"{title}: its status is {copy['status']}, so it has not all its data; {advice}")
    location, store = location_of(copy, original.request.target), original.request.target.store
    _check_location(location, store, title, advice)
    if location.is_right is None:
        print_line(f"warning: Glance does not show where the new image lies; it took it for store {store}")
    algorithm, recorded = recorded_digest(copy)
    digest = digest_of(data, algorithm)
    if copy["size"] != data.stat().st_size or (recorded and recorded != digest):
        raise Refused(f"{title} differs from what was uploaded ({algorithm}); {advice}")
    if original.request.read_back or not recorded:
        blocks = original.cloud.download(f"/images/{copy['id']}/file")
        shown = with_progress(blocks, int(copy["size"]), "read back", print_line)
        if save(shown, Path("/dev/null"), algorithm) != digest:
            raise Refused(f"{title} reads back as something else ({algorithm}); {advice}")
    print_line(f"the new image is what was uploaded: {algorithm} {digest[:16]}…, {location.text}")


def _check_location(location: Location, store: str, title: str, advice: str) -> None:
    if location.is_right is False:
        raise Refused(f"{title} is not in RBD ({location.text}); name the store with --store; {advice}")
    if location.is_right is None and not store:
        raise Refused(
            f"{title}: whether it is in RBD is not shown ({location.text}); name the store with --store; {advice}"
        )
