"""The folder that holds an image's data while it is copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from providers.errors import Refused


@contextmanager
def work_folder(parent: Path, image_id: str) -> Iterator[Path]:
    """Give an empty folder for one image. Nothing of the folder is left afterwards.

    What a killed run left there is removed first. While the folder is in use, an error of this machine's files becomes
    one line.

    Args:
        parent: Where the folder is made.
        image_id: Id of the image. Two runs cannot have the folder of one image at the same time.

    Raises:
        Refused: Another run has the folder, or this machine cannot give it.
    """
    # Others can write in /var/tmp. Only we can look into this folder, and all that we write is inside it.
    private = parent / f"ceph-openstack-{os.geteuid()}"
    folder = private / image_id
    try:
        with _private(private), _locked(private / f"{image_id}.lock", image_id):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as problem:
        raise Refused(
            f"{problem.filename or folder}: {problem.strerror or problem}; name another folder with --folder"
        ) from None


@contextmanager
def _private(folder: Path) -> Iterator[None]:
    """Make a folder that only this user can look into, and remove it when it is empty afterwards."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(
            f"{folder}: is not ours alone, or no folder (user {found.st_uid}, {stat.filemode(found.st_mode)});"
            " somebody else made it: remove it, or name another folder with --folder"
        )
    try:
        yield
    finally:
        with suppress(OSError):  # a run for another image may have something there
            folder.rmdir()


@contextmanager
def _locked(lock: Path, image_id: str) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"image {image_id}: another run works on it in {lock.parent}; wait for it") from None
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
