"""Files: read with their state, replaced atomically, and only if they are still what was read."""

import errno
import fcntl
import glob
import grp
import hashlib
import os
import pwd
import re
import stat
import subprocess
import tempfile

from providers.remote.agent.failed import Failed

KEY_LINE = re.compile(r"(?m)^(\s*key\s*=\s*)(\S+)")
LOCK_FILE = "/run/lock/ceph-openstack"
LARGEST_FILE = 8 * 1024 * 1024


def digest(data):
    return hashlib.sha256(data).hexdigest()


def hidden(text):
    return KEY_LINE.sub(lambda m: m.group(1) + "sha256:" + digest(m.group(2).encode()), text)


def name_of(lookup, number, field):
    try:
        return getattr(lookup(number), field)
    except KeyError:
        return str(number)


def number_of(lookup, name, field):
    if name.isdigit():
        return int(name)
    try:
        return getattr(lookup(name), field)
    except KeyError:
        raise Failed("ENOENT", "there is no %s %s on this host" % ("user" if lookup is pwd.getpwnam else "group", name))


def state_of(path, hide_keys):
    found = os.lstat(path)
    kind = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}.get(
        stat.S_IFMT(found.st_mode), "other"
    )
    state = {
        "kind": kind,
        "owner": name_of(pwd.getpwuid, found.st_uid, "pw_name"),
        "group": name_of(grp.getgrgid, found.st_gid, "gr_name"),
        "mode": "%04o" % stat.S_IMODE(found.st_mode),
        "digest": "",
        "ctime_ns": found.st_ctime_ns,
    }
    if kind == "file":
        if found.st_size > LARGEST_FILE:
            raise Failed("EFBIG", "%s is larger than %d bytes" % (path, LARGEST_FILE))
        with open(path, "rb") as source:
            data = source.read()
        content = data.decode("utf-8", "surrogateescape")
        state["digest"] = digest(data)
        state["content"] = hidden(content) if hide_keys else content
    return state


def read_files(paths, patterns, hide_keys):
    states = {}
    for path in list(paths) + [found for pattern in patterns for found in sorted(glob.glob(pattern))]:
        try:
            states[path] = state_of(path, hide_keys)
        except (FileNotFoundError, NotADirectoryError):
            pass
    return states


class FileLock:
    """Held while a file is compared and replaced, also against the agent of another run on this host."""

    def __enter__(self):
        os.makedirs(os.path.dirname(LOCK_FILE), exist_ok=True)
        self.file = open(
            LOCK_FILE
            if os.access(os.path.dirname(LOCK_FILE), os.W_OK)
            else os.path.join(tempfile.gettempdir(), "ceph-openstack-%d.lock" % os.getuid()),
            "w",
        )
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *exc):
        self.file.close()


def unchanged(path, if_digest):
    """Return what is at `path` (None: nothing) or fail when it is a link or not what was read."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        found = None
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise Failed("ELOOP", "%s is not a plain file; a link or device in the way is never followed" % path)
    if if_digest is not None:
        now = "absent"
        if found is not None:
            with open(path, "rb") as source:
                now = digest(source.read())
        if now != if_digest:
            raise Failed("ESTALE", "%s was changed by somebody else a moment ago" % path)
    return found


def own(target, owner, group, mode):
    """Set what is asked for; `target` is a path or an open file."""
    if owner is not None or group is not None:
        os.chown(
            target,
            -1 if owner is None else number_of(pwd.getpwnam, owner, "pw_uid"),
            -1 if group is None else number_of(grp.getgrnam, group, "gr_gid"),
        )
    if mode is not None:
        os.chmod(target, int(mode, 8))


def label(path, found, temporary):
    """Give the new file the SELinux label of the old one, or the one that the policy names for the path."""
    if not os.path.isdir("/sys/fs/selinux"):
        return
    if found is not None:
        os.setxattr(temporary, "security.selinux", os.getxattr(path, "security.selinux"))
    else:
        named = subprocess.run(["matchpathcon", "-n", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if named.returncode == 0 and named.stdout.strip():
            os.setxattr(temporary, "security.selinux", named.stdout.strip())


def sync_folder(path):
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def put_file(path, content, owner, group, mode, if_digest):
    with FileLock():
        found = unchanged(path, if_digest)
        handle, temporary = tempfile.mkstemp(prefix=".ceph-openstack-", dir=os.path.dirname(path))
        try:
            if found is not None:
                os.fchown(handle, found.st_uid, found.st_gid)
                os.fchmod(handle, stat.S_IMODE(found.st_mode))
            own(handle, owner, group, mode)
            label(path, found, temporary)
            with os.fdopen(handle, "wb") as target:
                target.write(content.encode("utf-8", "surrogateescape"))
                target.flush()
                os.fsync(target.fileno())
            os.rename(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        sync_folder(path)


def remove_file(path, if_digest):
    with FileLock():
        if unchanged(path, if_digest) is not None:
            os.unlink(path)
            sync_folder(path)


def set_attributes(path, owner, group, mode):
    if os.path.islink(path):
        raise Failed("ELOOP", "%s is a link; a link in the way is never followed" % path)
    own(path, owner, group, mode)


def make_directory(path, owner, group, mode):
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if os.path.islink(path) or not os.path.isdir(path):
            raise Failed("ENOTDIR", "%s exists and is not a directory" % path)
        return
    own(path, owner, group, mode)


def remove_directory(path):
    try:
        os.rmdir(path)
    except FileNotFoundError:
        pass
    except OSError as problem:
        if problem.errno not in (errno.ENOTEMPTY, errno.EBUSY):
            raise
