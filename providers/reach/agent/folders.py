"""Folders and the places in them: opened step by step, so that nobody can put a link in the way meanwhile."""

import errno
import fcntl
import os
import stat
import time
from typing import Any, Optional

from providers.reach.agent.failed import Failed

LOCK_WAIT_S = 30.0
LOCKS = "/run"
MOST_LINKS = 40
STEP_ON = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def open_folder(path: str) -> int:
    """Return a handle of the folder.

    A link on the way is followed only if root or the agent's own user made it (an operator's choice, such as a linked
    /etc/ceph). Anyone else who owns a folder on the way, such as a service, could lead a root agent to any place.
    """
    handle, parts, links = os.open("/", STEP_ON), path.split("/")[::-1], 0
    try:
        while parts:
            part = parts.pop()
            if not part:
                continue
            inner = os.open(part, STEP_ON, dir_fd=handle)
            found = os.fstat(inner)
            if stat.S_ISLNK(found.st_mode):
                try:
                    target = os.readlink("", dir_fd=inner)
                finally:
                    os.close(inner)
                links += 1
                if found.st_uid not in (0, os.geteuid()) or links > MOST_LINKS:
                    raise Failed("ELOOP", "%s: the link %s on the way is not root's; it is not followed" % (path, part))
                parts.extend(target.split("/")[::-1])
                if not target.startswith("/"):
                    continue
                inner = os.open("/", STEP_ON)
            os.close(handle)
            handle = inner
        return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=handle)
    except OSError as problem:
        problem.filename = path
        raise
    finally:
        os.close(handle)


class Place:
    """A name in an opened folder. With `lock`, no other agent changes anything in that folder meanwhile."""

    def __init__(self, path: str, lock: bool = False) -> None:
        self.path, self.lock = path, lock
        parent, _slash, self.name = path.rstrip("/").rpartition("/")
        if not path.startswith("/") or self.name in ("", ".", ".."):
            raise Failed("EINVAL", "%s is not an absolute path" % path)
        self.parent = parent or "/"

    def __enter__(self) -> "Place":
        self.folder = open_folder(self.parent)
        self.held: Optional[int] = None
        try:
            if self.lock:
                self.wait()
        except BaseException:
            os.close(self.folder)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        if self.held is not None:
            try:
                os.unlink(self.lock_file())
            except FileNotFoundError:
                pass  # Somebody has cleared /run.
            os.close(self.held)
        os.close(self.folder)

    def lock_file(self) -> str:
        """Return the file that stands for the folder: in a place of root's, since anybody can lock a folder they can read."""
        found = os.fstat(self.folder)
        return "%s/ceph-openstack-%d-%d.lock" % (LOCKS, found.st_dev, found.st_ino)

    def wait(self) -> None:
        limit = time.monotonic() + LOCK_WAIT_S
        while not (self.take_file() if os.geteuid() == 0 else self.take_folder()):
            if time.monotonic() > limit:
                raise Failed("EAGAIN", "%s is locked by another process (`lslocks` names it)" % self.parent)
            time.sleep(0.002)

    def take_file(self) -> bool:
        """Take the lock unless another has it. It goes with its file, so the file must still be there once it is ours."""
        handle = os.open(self.lock_file(), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink:
                self.held, handle = handle, -1
                return True
        except BlockingIOError:
            pass
        finally:
            if handle != -1:
                os.close(handle)
        return False

    def take_folder(self) -> bool:
        """Take the lock as another user than root, who has no place that is closed to others."""
        try:
            fcntl.flock(self.folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as problem:
            # NFS locks no folder: there the digest alone stands guard.
            if problem.errno not in (errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP):
                raise
        return True

    def found(self) -> Optional[os.stat_result]:
        """Return what is at the place itself, a link unfollowed, or None."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self, flags: int = os.O_RDONLY) -> int:
        """Open the file or directory at the place, never what a link there points to."""
        try:
            return os.open(self.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600, dir_fd=self.folder)
        except OSError as problem:
            if problem.errno == errno.ELOOP:
                raise Failed("ELOOP", "%s is a link; a link in the way is never followed" % self.path)
            problem.filename = self.path
            raise

    def unlink(self, name: str) -> None:
        try:
            os.unlink(name, dir_fd=self.folder)
        except FileNotFoundError:
            pass
