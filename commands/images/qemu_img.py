"""Converts an image to raw with `qemu-img`.

An image comes from a stranger, and `qemu-img` follows what the image's header names (a backing file, an external data
file) to any file of this machine. Therefore each header is checked here first, and formats that can name other files
are not converted.
"""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

from commands.images.data_file import check_room
from providers.errors import Refused, StepFailed

FORMATS = {"qcow2": "qcow2", "vdi": "vdi", "vhd": "vpc", "vhdx": "vhdx"}
"""Glance's disk_format -> qemu-img's. Glance's other formats name files beside them, or are no disks."""
QCOW2 = struct.Struct(">4sIQI")
EXTERNAL_DATA = 1 << 2


def convert_to_raw(source: Path, target: Path, disk_format: str) -> None:
    """Make a raw file of an image, and compare both as guests would see them.

    Args:
        source: The image.
        target: The raw file.
        disk_format: The format that Glance gives the image.
    """
    name = FORMATS[disk_format]
    if disk_format == "qcow2":
        check_self_contained(source)
    described = json.loads(_qemu_img("info", "--output=json", "-f", name, str(source)))
    check_room(target.parent, int(described["virtual-size"]), "the raw file")
    _qemu_img("convert", "-f", name, "-O", "raw", str(source), str(target))
    _qemu_img("compare", "-f", name, "-F", "raw", str(source), str(target))


def check_self_contained(path: Path) -> None:
    """Refuse a qcow2 file that refers to another file, because `qemu-img` would read that file, whatever it is."""
    with path.open("rb") as file:
        header = file.read(80).ljust(80, b"\0")
    magic, version, backing, _ = QCOW2.unpack_from(header)
    if magic != b"QFI\xfb":
        raise Refused("the image says that it is qcow2, and its data is not; correct its disk_format first")
    features = struct.unpack_from(">Q", header, 72)[0] if version >= 3 else 0
    if backing or features & EXTERNAL_DATA:
        raise Refused("the image refers to another file, of which its data is a part; it is not converted")


def _qemu_img(command: str, *options: str) -> str:
    try:
        done = subprocess.run(
            ["qemu-img", command, *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        raise Refused(f"qemu-img: {problem.strerror}; install qemu-utils (Debian) or qemu-img (RHEL)") from None
    if done.returncode:
        raise StepFailed(f"`qemu-img {command}`: exit status {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
    return done.stdout
