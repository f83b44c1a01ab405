"""Folders: opened step by step, so that nobody can put a link in the way meanwhile."""

import contextlib
import errno
import fcntl
import os
import stat
import threading
import time
from typing import Any, Iterator, Optional, Set

from providers.reach.agent.failed import Failed

LOCK_WAIT_S = 30.0
LOCKS = "/run"
MOST_LINKS = 40
STEP_ON = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
CALL = threading.local()


def locked_for_this_call() -> Set[str]:
    """Return the lock files of the folders that `folder_locked` holds in this thread."""
    if not hasattr(CALL, "locked"):
        CALL.locked = set()
    locked: Set[str] = CALL.locked
    return locked


def open_folder(path: str) -> int:
    """Return a handle of the folder.

    A link on the way is followed only if root or the agent's own user made it, because the link is then an operator's
    choice, such as a linked /etc/ceph. Anyone else who owns a folder on the way, such as a service, could lead a root
    agent anywhere.
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


class OpenedFolder:
    """A folder that is held open, and the name of one entry in it.

    With `lock`, no other agent changes anything in that folder meanwhile. A `shared` lock is one of a reading, which
    keeps out changes and no other reading.
    """

    def __init__(self, path: str, lock: bool = False, shared: bool = False) -> None:
        self.path, self.lock = path, lock
        self.how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        parent, _slash, self.name = path.rstrip("/").rpartition("/")
        if not path.startswith("/") or self.name in ("", ".", ".."):
            raise Failed("EINVAL", "%s is not an absolute path" % path)
        self.parent = parent or "/"

    def __enter__(self) -> "OpenedFolder":
        self.handle = open_folder(self.parent)
        self.held: Optional[int] = None
        try:
            if self.lock and self.lock_file() not in locked_for_this_call():
                self.wait()
        except BaseException:
            os.close(self.handle)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        if self.held is not None:
            try:
                # Another reading may share the lock. The file is the other reading's to remove then.
                fcntl.flock(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(self.lock_file())
            except (BlockingIOError, FileNotFoundError):
                pass  # Somebody else has the lock, too, or somebody has cleared /run.
            os.close(self.held)
        os.close(self.handle)

    def lock_file(self) -> str:
        """Return the path of the folder's lock file.

        The file lies in a folder of root's, because anybody can lock a folder that they can read.
        """
        found = os.fstat(self.handle)
        return "%s/ceph-openstack-%d-%d.lock" % (LOCKS, found.st_dev, found.st_ino)

    def wait(self) -> None:
        """Take the lock, or raise once another process has held it for LOCK_WAIT_S."""
        limit = time.monotonic() + LOCK_WAIT_S
        while not (self.take_file() if os.geteuid() == 0 else self.take_folder()):
            if time.monotonic() > limit:
                raise Failed("EAGAIN", "%s is locked by another process (`lslocks` names it)" % self.parent)
            time.sleep(0.002)

    def take_file(self) -> bool:
        """Take the lock unless another process has it.

        Whoever lets the lock go removes the lock file, so the file must still be there once the lock is ours.
        """
        lock = os.open(self.lock_file(), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, self.how | fcntl.LOCK_NB)
            if os.fstat(lock).st_nlink:
                self.held, lock = lock, -1
                return True
        except BlockingIOError:
            pass
        finally:
            if lock != -1:
                os.close(lock)
        return False

    def take_folder(self) -> bool:
        """Take the lock as another user than root, who has no folder that is closed to others."""
        try:
            fcntl.flock(self.handle, self.how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as problem:
            # NFS locks no folder. There the digest alone notices that somebody else wrote.
            if problem.errno not in (errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP):
                raise
        return True

    def stat_entry(self) -> Optional[os.stat_result]:
        """Return what the entry itself is, a link unfollowed, or None when there is none."""
        try:
            return os.stat(self.name, dir_fd=self.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def link_of_root(self) -> Optional[str]:
        """Return where the entry leads: None when it is no link, an empty text when somebody else than root made it.

        The link that is read is the one that was looked at, because its folder's owner may put another there meanwhile.
        """
        try:
            link = os.open(self.name, STEP_ON, dir_fd=self.handle)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(link)
            if not stat.S_ISLNK(found.st_mode):
                return None
            return os.readlink("", dir_fd=link) if found.st_uid in (0, os.geteuid()) else ""
        finally:
            os.close(link)

    def open_entry(self, flags: int = os.O_RDONLY) -> int:
        """Open the entry, a file or a directory, and never what a link points to."""
        try:
            return os.open(self.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600, dir_fd=self.handle)
        except OSError as problem:
            if problem.errno == errno.ELOOP:
                raise Failed("ELOOP", "%s is a link; a link in the way is never followed" % self.path)
            problem.filename = self.path
            raise

    def unlink(self, name: str) -> None:
        """Remove a file of the folder, or nothing when there is none."""
        try:
            os.unlink(name, dir_fd=self.handle)
        except FileNotFoundError:
            pass


@contextlib.contextmanager
def folder_locked(path: str, shared: bool = False) -> Iterator[None]:
    """Hold the lock of the folder that `path` is in, for all that this thread does in it meanwhile.

    A folder that is not there needs no lock, and neither does an empty path. A shared lock is enough to read.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(OpenedFolder(path, lock=True, shared=shared)) if path else None
        except (FileNotFoundError, NotADirectoryError):
            folder = None
        if folder is not None and folder.lock_file() not in locked_for_this_call():
            locked_for_this_call().add(folder.lock_file())
            stack.callback(locked_for_this_call().discard, folder.lock_file())
        yield
