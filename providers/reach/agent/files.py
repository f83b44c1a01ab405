"""Files: read with their state, replaced atomically, and only if they are still what was read."""

import contextlib
import errno
import glob
import grp
import os
import pwd
import stat
import subprocess
from typing import Any, Callable, Dict, Iterator, List, Optional

from providers.reach.agent.failed import Failed
from providers.reach.agent.folders import MOST_LINKS, OpenedFolder, folder_locked
from providers.reach.agent.redaction import digest, keyring_without_keys

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}
LARGEST_FILE = 8 * 1024 * 1024
SEEN = ("kind", "owner", "group", "mode", "digest")


def name_of(lookup: Callable[[int], Any], number: int, field: str) -> str:
    """Return the name of a user or group, or the number itself where this host has no name for it."""
    try:
        return str(getattr(lookup(number), field))
    except KeyError:
        return str(number)


def number_of(lookup: Callable[[str], Any], name: Optional[str], field: str) -> int:
    """Return the number of a user or group on this host; -1, which changes nothing, for None."""
    if name is None:
        return -1
    if name.isdigit():
        return int(name)
    try:
        return int(getattr(lookup(name), field))
    except KeyError:
        raise Failed("ENOENT", "there is no %s %s on this host" % ("user" if field == "pw_uid" else "group", name))


def content_of(folder: OpenedFolder) -> bytes:
    """Return what the file holds; raise for what is no plain file, or a huge one."""
    with os.fdopen(folder.open_entry(), "rb") as source:
        found = os.fstat(source.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Failed("EINVAL", "%s is not a plain file" % folder.path)
        if found.st_size > LARGEST_FILE:
            raise Failed("EFBIG", "%s is larger than %d bytes" % (folder.path, LARGEST_FILE))
        return source.read(LARGEST_FILE)


def state_of(path: str, hide_keys: bool) -> Optional[Dict[str, Any]]:
    """Return what is at the path, or None when nothing is; see `FileState` for the fields."""
    with OpenedFolder(path) as folder:
        found = folder.stat_entry()
        if found is None:
            return None
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "other")
        state = {
            "kind": kind,
            "owner": name_of(pwd.getpwuid, found.st_uid, "pw_name"),
            "group": name_of(grp.getgrgid, found.st_gid, "gr_name"),
            "mode": "%04o" % stat.S_IMODE(found.st_mode),
            "digest": "",
            "ctime_ns": found.st_ctime_ns,
        }
        if kind == "file":
            data = content_of(folder)
            content = data.decode("utf-8", "surrogateescape")
            state["digest"] = digest(data)
            state["content"] = keyring_without_keys(content) if hide_keys else content
        return state


def followed(path: str) -> str:
    """Return where the link at a path leads.

    That is the path itself when there is no link, and when somebody else than root made one, because a service must not
    lead a root agent anywhere.
    """
    place = path
    for _link in range(MOST_LINKS):
        with OpenedFolder(place) as folder:
            target = folder.link_of_root()
        if target is None:
            return place
        if not target:
            return path
        place = os.path.join(folder.parent, target)
    return path


def followed_to_directory(path: str) -> str:
    """Return where the link at a path leads if that is a directory, else the path itself."""
    place = followed(path)
    if place == path:
        return path
    with OpenedFolder(place) as folder:
        found = folder.stat_entry()
    return place if found is not None and stat.S_ISDIR(found.st_mode) else path


def read_files(
    paths: List[str], patterns: List[str], hide_keys: bool, lock: str = "", follow: Optional[List[str]] = None
) -> Dict[str, Dict[str, Any]]:
    """Return the state of each path that is there.

    A path that is not in the answer is absent, because any other trouble is an error. With `lock` the answer is one
    moment, because no other agent changes the folder of that path meanwhile. `follow` are further patterns. A link that
    one of them finds is read as whoever opens the path would read it.
    """
    states = {}
    with folder_locked(lock, shared=True):
        found = [(path, False) for path in paths] + [(path, False) for path in matching(patterns)]
        for path, follow_link in found + [(path, True) for path in matching(follow or [])]:
            try:
                place = followed(path) if follow_link else path
                # A file that is switched off by such a link is read as an empty one.
                state = None if place == os.devnull else state_of(place, hide_keys)
            except (FileNotFoundError, NotADirectoryError):
                state = None
            if state is not None:
                states[path] = state
    return states


def matching(patterns: List[str]) -> List[str]:
    """Return the paths that match one of the shell globs."""
    return [path for pattern in patterns for path in sorted(glob.glob(pattern))]


def if_unchanged(
    lock: str, paths: List[str], patterns: List[str], follow: List[str], seen: Dict[str, List[str]]
) -> None:
    """Fail unless the same reading finds the same content, owners and modes.

    The caller holds the lock for the steps that follow.
    """
    states = read_files(paths, patterns, True, lock, follow)
    now = {path: [state[field] for field in SEEN] for path, state in states.items()}
    for path in sorted(set(now) | set(seen)):
        if now.get(path) != seen.get(path):
            raise Failed("ESTALE", "%s was changed by somebody else a moment ago; run again" % path)


def unchanged(folder: OpenedFolder, if_digest: Optional[str]) -> Optional[os.stat_result]:
    """Return what the file is (None: there is none), or fail when it is a link or no longer what was read."""
    found = folder.stat_entry()
    if found is not None and not stat.S_ISREG(found.st_mode):
        text = "%s is not a plain file; a link or device in the way is never followed"
        raise Failed("ELOOP", text % folder.path)
    if if_digest is not None and if_digest != ("absent" if found is None else digest(content_of(folder))):
        raise Failed("ESTALE", "%s was changed by somebody else a moment ago; run again" % folder.path)
    return found


def own(handle: int, owner: Optional[str], group: Optional[str], mode: Optional[str]) -> None:
    """Set what is asked for. The mode comes last, because a change of owner may take bits of the mode away."""
    if owner is not None or group is not None:
        os.fchown(handle, number_of(pwd.getpwnam, owner, "pw_uid"), number_of(grp.getgrnam, group, "gr_gid"))
    if mode is not None:
        os.fchmod(handle, int(mode, 8))


def carry_over(folder: OpenedFolder, handle: int, found: os.stat_result) -> None:
    """Give the new file what the old one has: owner, group, mode, SELinux label, access list."""
    os.fchown(handle, found.st_uid, found.st_gid)
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
    old = folder.open_entry()
    try:
        for name in os.listxattr(old):
            if name in ("security.selinux", "system.posix_acl_access") or name.startswith("user."):
                os.setxattr(handle, name, os.getxattr(old, name))
    except OSError as problem:
        if problem.errno != errno.ENOTSUP:
            raise
    finally:
        os.close(old)


def drop_inherited_access(handle: int) -> None:
    """Take away the access list that a new file or directory has from its folder.

    Owner, group and mode alone say who may read what this program writes.
    """
    try:
        os.removexattr(handle, "system.posix_acl_access")
    except OSError as problem:
        if problem.errno not in (errno.ENODATA, errno.ENOTSUP):
            raise


CAUSES = {
    errno.EBUSY: "%s is a mount of its own, such as a file bound into a container; change it where it is mounted from",
    errno.EPERM: (
        "%s cannot be changed: Operation not permitted; is it or its folder immutable (see `lsattr -d`), or the agent"
        " not root?"
    ),
}


@contextlib.contextmanager
def named(path: str) -> Iterator[None]:
    """Let an error name the file that was asked for, and the cause where it is known.

    A folder that is missing stays a FileNotFoundError, because `serve.in_folders` makes the folder again.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as problem:
        if not problem.errno:
            raise
        text = CAUSES.get(problem.errno, "%s cannot be changed: " + os.strerror(problem.errno))
        raise Failed(errno.errorcode.get(problem.errno, ""), text % path)


def remove_leftover(folder: OpenedFolder) -> str:
    """Return the name of the temporary file, once nothing is there.

    Only an agent that holds the folder's lock has a temporary file there, so an agent that was killed has left the one
    that is found.
    """
    name = ".%s.ceph-openstack" % folder.name
    try:
        folder.unlink(name)
    except IsADirectoryError:
        text = "%s/%s is in the way: the new content is written there first, and it is a folder; remove it"
        raise Failed("EISDIR", text % (folder.parent, name))
    return name


def label(handle: int, path: str) -> None:
    """Give a new file or directory the SELinux label that the policy names for its path."""
    if not os.path.exists("/sys/fs/selinux/enforce"):
        return
    try:
        named = subprocess.run(
            ["matchpathcon", "-n", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return  # The file then has the folder's type, as any new file.
    if named.returncode == 0 and named.stdout.strip():
        try:
            os.setxattr(handle, "security.selinux", named.stdout.strip())
        except OSError as problem:
            if problem.errno != errno.ENOTSUP:
                raise


def put_file(
    path: str,
    content: str,
    owner: Optional[str],
    group: Optional[str],
    mode: Optional[str],
    if_digest: Optional[str],
) -> None:
    """Replace a file atomically.

    Args:
        path: Absolute path of the file.
        content: The new content.
        owner: Name or number of the owner; None keeps what is there.
        group: Name or number of the group; None keeps what is there.
        mode: Octal digits; None keeps what is there. A new file has 0600.
        if_digest: The SHA-256 of what was read, or `absent`; None replaces whatever is there.
    """
    with OpenedFolder(path, lock=True) as folder, named(path):
        found = unchanged(folder, if_digest)
        replace(folder, found, content.encode("utf-8", "surrogateescape"), owner, group, mode)


def put_lines(
    path: str,
    first: int,
    end: int,
    lines: List[str],
    owner: Optional[str],
    group: Optional[str],
    mode: Optional[str],
    if_digest: str,
) -> None:
    """Replace some lines of a file atomically, and leave the other lines byte for byte as they are.

    Args:
        path: Absolute path of the file.
        first: Index of the first line that goes; a final newline counts as an empty last line.
        end: Index of the first line after it that stays.
        lines: What comes in their place.
        owner: As for `put_file`.
        group: As for `put_file`.
        mode: As for `put_file`.
        if_digest: The SHA-256 of what was read.
    """
    with OpenedFolder(path, lock=True) as folder, named(path):
        found = unchanged(folder, if_digest)
        now = content_of(folder).split(b"\n")
        now[first:end] = [line.encode("utf-8", "surrogateescape") for line in lines]
        replace(folder, found, b"\n".join(now), owner, group, mode)


def replace(
    folder: OpenedFolder,
    found: Optional[os.stat_result],
    data: bytes,
    owner: Optional[str],
    group: Optional[str],
    mode: Optional[str],
) -> None:
    """Put a new file at the place of what was found there (None: nothing), whole or not at all."""
    temporary = remove_leftover(folder)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder.handle)
    try:
        with os.fdopen(handle, "wb") as target:
            drop_inherited_access(handle)
            if found is not None:
                carry_over(folder, handle, found)
            else:
                label(handle, folder.path)
            own(handle, owner, group, mode)
            target.write(data)
            target.flush()
            os.fsync(handle)
        os.rename(temporary, folder.name, src_dir_fd=folder.handle, dst_dir_fd=folder.handle)
    except BaseException:
        folder.unlink(temporary)
        raise
    os.fsync(folder.handle)


def remove_file(path: str, if_digest: Optional[str]) -> None:
    """Remove a file; one that is gone already is fine. See `put_file` for `if_digest`."""
    try:
        with OpenedFolder(path, lock=True) as folder, named(path):
            remove_leftover(folder)
            if unchanged(folder, if_digest) is not None:
                folder.unlink(folder.name)
                os.fsync(folder.handle)
    except (FileNotFoundError, NotADirectoryError):
        pass


def set_attributes(path: str, owner: Optional[str], group: Optional[str], mode: Optional[str]) -> None:
    """Set owner, group and mode of a file or directory that exists; None keeps what is there.

    A link of root's that leads to a directory is followed: an operator may have put the directory elsewhere.
    """
    with OpenedFolder(followed_to_directory(path)) as folder, named(path):
        handle = folder.open_entry()
        try:
            found = os.fstat(handle)
            if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
                raise Failed("EMLINK", "%s is also another file (it has %d hard links)" % (path, found.st_nlink))
            own(handle, owner, group, mode)
        finally:
            os.close(handle)


def make_directory(path: str, owner: Optional[str], group: Optional[str], mode: Optional[str]) -> None:
    """Make one directory; one that exists is left as it is."""
    with OpenedFolder(path, lock=True) as folder:
        found = folder.stat_entry()
        if found is not None:
            if not stat.S_ISDIR(found.st_mode):
                raise Failed("ENOTDIR", "%s exists and is not a directory" % path)
            return
        os.mkdir(folder.name, 0o700, dir_fd=folder.handle)
        try:
            handle = folder.open_entry(os.O_RDONLY | os.O_DIRECTORY)
            try:
                drop_inherited_access(handle)
                label(handle, path)
                own(handle, owner, group, mode)
            finally:
                os.close(handle)
        except BaseException:
            os.rmdir(folder.name, dir_fd=folder.handle)
            raise


def remove_directory(path: str) -> None:
    """Remove a directory if it is empty; one that is gone or still in use is left."""
    try:
        with OpenedFolder(path, lock=True) as folder:
            os.rmdir(folder.name, dir_fd=folder.handle)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as problem:
        if problem.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
            raise
