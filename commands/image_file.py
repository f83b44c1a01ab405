"""An image's data on this machine: a folder for it, what `qemu-img` may read, and what it makes of it.

A guest's image is a stranger's file. `qemu-img` follows what stands in one (a backing file, an external data file) to any file of
this machine, so each header is looked at here first, and a format that can name other files is not converted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from commands.image_list import in_words
from providers.errors import Refused, StepFailed

FORMATS = {"qcow2": "qcow2", "vdi": "vdi", "vhd": "vpc", "vhdx": "vhdx"}
"""Glance's disk_format -> qemu-img's; the others of Glance name files beside them, or are no disks."""
QCOW2 = struct.Struct(">4sIQI")
EXTERNAL_DATA = 1 << 2


@contextmanager
def folder(parent: Path, id_: str) -> Iterator[Path]:
    """Give a folder of this image's, empty and for us alone; nothing of it is left, and what a killed run left goes first.

    What the machine says no to meanwhile is told in a line.
    """
    # Others write in /var/tmp, too: all that we make there is in a folder that only we can look into.
    ours = parent / f"ceph-openstack-{os.geteuid()}"
    try:
        with (
            alone_in(ours),
            locked(ours / f"{id_}.lock", f"image {id_}: another run works on it in {ours}; wait for it"),
        ):
            made = ours / id_
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(mode=0o700)
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as problem:
        raise Refused(
            f"{problem.filename or ours / id_}: {problem.strerror or problem}; name another folder with --folder"
        ) from None


@contextmanager
def alone_in(ours: Path) -> Iterator[None]:
    ours.parent.mkdir(parents=True, exist_ok=True)
    ours.mkdir(mode=0o700, exist_ok=True)
    found = ours.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(
            f"{ours}: is not ours alone, or no folder (user {found.st_uid}, {stat.filemode(found.st_mode)}); somebody else made it:"
            " remove it, or name another folder with --folder"
        )
    try:
        yield
    finally:
        with suppress(OSError):  # of another image there may be something
            ours.rmdir()


@contextmanager
def locked(lock: Path, otherwise: str) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(otherwise) from None
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def room(where: Path, needed: int, what: str) -> None:
    """Refuse when there is less room than what will be written."""
    free = shutil.disk_usage(where).free
    if needed > free:
        raise Refused(
            f"{where}: {in_words(free)} free, and {what} needs {in_words(needed)}; name another folder with --folder"
        )


def save(blocks: Iterable[bytes], path: Path, algorithm: str) -> str:
    """Write the blocks and return their digest."""
    digest = hashlib.new(algorithm)
    with path.open("wb") as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def convert(source: Path, target: Path, disk_format: str) -> None:
    """Make a raw file of the image, and compare both as guests would see them."""
    name = FORMATS[disk_format]
    if disk_format == "qcow2":
        alone(source)
    size = int(_json("info", "--output=json", "-f", name, str(source))["virtual-size"])
    room(target.parent, size, "the raw file")
    _qemu_img("convert", "-f", name, "-O", "raw", str(source), str(target))
    _qemu_img("compare", "-f", name, "-F", "raw", str(source), str(target))


def alone(path: Path) -> None:
    """Refuse a qcow2 file that refers to another file: `qemu-img` would read that one, whatever it is."""
    with path.open("rb") as file:
        head = file.read(80)
    magic, version, backing, _ = QCOW2.unpack_from(head.ljust(80, b"\0"))
    if magic != b"QFI\xfb":
        raise Refused("the image says that it is qcow2, and its data is not; correct its disk_format first")
    features = struct.unpack_from(">Q", head.ljust(80, b"\0"), 72)[0] if version >= 3 else 0
    if backing or features & EXTERNAL_DATA:
        raise Refused("the image refers to another file, of which its data is a part; it is not converted")


def _json(*words: str) -> Any:
    return json.loads(_qemu_img(*words))


def _qemu_img(*words: str) -> str:
    try:
        done = subprocess.run(
            ["qemu-img", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        raise Refused(f"qemu-img: {problem.strerror}; install qemu-utils (Debian) or qemu-img (RHEL)") from None
    if done.returncode:
        raise StepFailed(f"`qemu-img {words[0]}`: exit status {done.returncode}: {(done.stderr or done.stdout)[-300:]}")
    return done.stdout
