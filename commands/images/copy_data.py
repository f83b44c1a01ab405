"""Gives a copy its data: downloads the original, converts the data when asked to, uploads it, and compares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands.images import qemu_img
from commands.images.compare import compare, recorded_digest
from commands.images.data_file import check_room, save
from commands.images.original import Original
from commands.images.progress import with_progress
from commands.images.size import size_text
from commands.images.work_folder import work_folder
from providers.errors import ProviderError, Refused
from providers.reach.cloud_call import CloudCall
from providers.reach.images import COPY, SOURCE, change


def complete_copy(original: Original, copy: dict[str, Any] | None, print_line: Callable[[str], None]) -> dict[str, Any]:
    """Return the copy with all its data, compared with the original's. It is still hidden.

    Args:
        original: The image that is to be replaced.
        copy: The copy of an earlier run. None: there is none.
        print_line: Prints a line to the operator.

    Raises:
        Refused: The data is damaged, or the copy is not where it should be.
    """
    cloud = original.cloud
    if copy is not None and copy["status"] not in ("queued", "active"):
        print_line(f"image {copy['id']} of an earlier run is {copy['status']}: it is made anew")
        cloud.send(CloudCall("image", "DELETE", f"/images/{copy['id']}", f"image delete {copy['id']}", accept=(404,)))
        copy = None
    with work_folder(original.request.folder, original.id) as folder:
        data = _fetch(original, folder, print_line)
        if copy is None:
            copy = _create(original)
        if copy["status"] == "queued":
            print_line(f"uploading {size_text(data.stat().st_size)} as image {copy['id']}")
            with data.open("rb") as file:
                cloud.upload(f"/images/{copy['id']}/file", file, original.request.target.store)
        uploaded: dict[str, Any] | None = cloud.get("image", f"/images/{copy['id']}")
        if uploaded is None:
            raise Refused(f"{cloud.where}: the new image went while it was uploaded; run it again")
        compare(original, uploaded, data, print_line)
    return uploaded


def _fetch(original: Original, folder: Path, print_line: Callable[[str], None]) -> Path:
    """Return the file of the data that the copy is to have."""
    image, convert = original.image, original.request.convert
    size = int(image["size"])
    check_room(folder, size + (int(image.get("virtual_size") or 0) if convert else 0), original.title)
    path = folder / "downloaded"
    algorithm, recorded = recorded_digest(image)
    blocks = original.cloud.download(f"/images/{original.id}/file")
    found = save(with_progress(blocks, size, "downloaded", print_line), path, algorithm)
    if path.stat().st_size != size or (recorded and found != recorded):
        raise Refused(
            f"{original.where}: what was downloaded is not what Glance has on record ({algorithm}); run it again,"
            " and if it stays, the image is damaged"
        )
    return _convert(original, path, print_line) if convert else path


def _convert(original: Original, path: Path, print_line: Callable[[str], None]) -> Path:
    disk_format = str(original.image["disk_format"])
    print_line(f"converting {disk_format} to raw")
    raw = path.with_name("raw")
    try:
        qemu_img.convert_to_raw(path, raw, disk_format)
    except ProviderError as problem:
        raise Refused(f"{original.title}: {problem}") from None
    path.unlink()
    return raw


def _create(original: Original) -> dict[str, Any]:
    """Create the copy, hidden and private, and record its id with the original."""
    image = original.image
    body = {
        "name": original.unfinished_name,
        "disk_format": original.copy_format,
        "container_format": "bare",
        "visibility": "private",
        "os_hidden": True,
        "min_disk": image.get("min_disk", 0),
        "min_ram": image.get("min_ram", 0),
        "tags": image.get("tags", []),
        SOURCE: original.id,
        **original.copy_properties,
        **({"owner": image["owner"]} if image.get("owner") else {}),
    }
    call = CloudCall("image", "POST", "/images", f"image create {body['name']}", body)
    copy: dict[str, Any] = original.cloud.send(call)
    original.cloud.send(change(original.id, original.name, {COPY: copy["id"]}))
    return copy
