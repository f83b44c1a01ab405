"""Makes the account that runs log in with. It is sent to a host as text, and runs there as root, from Python 3.6 on.

Standard library only. Every step looks first; what is as wanted is not a step. What was made is written into a record,
so that `undo` takes away exactly that.
"""

import contextlib
import filecmp
import json
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

FILE = "/etc/sudoers.d/ceph-openstack"
NEW = "/etc/sudoers.d/.ceph-openstack.new"
"""sudo passes over names with a dot, so a file that is being checked is in force for nobody."""
RECORD = "/var/lib/ceph-openstack/bootstrap.json"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ATTEMPTS = 10
LOGGED_IN = 8
"""What userdel ends with while a process is the account's."""
FIRST_USER = 1000
RESERVED = range(60000, 65536)
"""Debian gives accounts of services, such as nova, numbers of these, too."""
Wanted = Dict[str, Any]
"""The fields of `Account`, `login`, `undo`, `really`, and `keep`, the part of the record that undo leaves."""
Steps = Iterator[Tuple[str, Callable[[], None]]]
"""What is to be done, in words, and what does it."""
MOVE = "move it away, or take its lines into a file of your own for --sudoers"


class Problem(Exception):
    """Why the host is left as it is, with what to do."""


def run(*argv: str) -> Tuple[int, str]:
    """Run a program, and return its exit status and what it printed."""
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": PATH, "LC_ALL": "C"},
        universal_newlines=True,
    )
    return done.returncode, " ".join(done.stdout.split())


def must(*argv: str) -> None:
    """Run a program, or raise Problem with what it printed."""
    status, said = run(*argv)
    if status:
        raise Problem("%s ended with %d: %s" % (argv[0], status, said or "without a word"))


def read(path: str) -> Optional[str]:
    """Return a file's text; None without one."""
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path: str, text: str, mode: int, owner: Tuple[int, int] = (0, 0)) -> None:
    """Put a file in place as a whole."""
    partial = "%s.new" % path
    try:
        os.unlink(partial)  # of a call that was killed
    except FileNotFoundError:
        pass
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        os.fchown(file.fileno(), *owner)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    os.rename(partial, path)


def record() -> Dict[str, str]:
    """Return what earlier calls have made here."""
    return dict(json.loads(read(RECORD) or "{}"))


def remember(**made: str) -> None:
    """Add what was made to the record; an empty record goes."""
    now = {name: value for name, value in dict(record(), **made).items() if value}
    if now:
        os.makedirs(os.path.dirname(RECORD), mode=0o700, exist_ok=True)
        write(RECORD, json.dumps(now, indent=1) + "\n", 0o600)
        return
    for remove, path in ((os.unlink, RECORD), (os.rmdir, os.path.dirname(RECORD))):
        try:
            remove(path)
        except OSError:
            pass  # not there, or the folder has journals of stacks


def made_for(name: str) -> Dict[str, str]:
    """Return what earlier calls have made for this account."""
    made = record()
    return made if made.get("user", name) == name else {}


def account(name: str) -> Optional[pwd.struct_passwd]:
    """Return the account; None without one."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def account_steps(wanted: Wanted) -> Steps:
    """Yield how the account is made."""
    name = wanted["user"]
    found = account(name)
    other = record().get("user", name)
    if found is not None and (found.pw_uid < FIRST_USER or found.pw_uid in RESERVED):
        raise Problem("account %s is one of the system's (uid %d); choose another ssh.user" % (name, found.pw_uid))
    if other != name:
        undo = "take that away first with --undo, with %s as ssh.user" % other
        raise Problem("an earlier bootstrap made account %s or its access here, and a host has one; %s" % (other, undo))
    if found is None:
        yield "make account %s with a home, and no password" % name, lambda: make_account(name)
    elif os.path.basename(found.pw_shell) in ("nologin", "false"):
        raise Problem("account %s has the shell %s, so nobody can log in; give it another" % (name, found.pw_shell))


def make_account(name: str) -> None:
    """Make an account that is logged in to by key only."""
    shell = "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
    remember(user=name, account=name)
    try:
        must("useradd", "--create-home", "--user-group", "--shell", shell, name)
    except Problem:
        remember(user="", account="")  # else undo would take an account that somebody else makes later
        raise
    must("usermod", "--password", "*", name)  # no password fits, and sshd takes the account for no locked one


def key_steps(wanted: Wanted) -> Steps:
    """Yield how the key is let in."""
    name, key = wanted["user"], wanted["public_key"]
    found = account(name)
    if found is not None and key.split()[1] in (read_keys(found) or "").split():
        return
    yield "let the key %s log in as %s" % (wanted["key_name"], name), lambda: add_key(name, key)


def keys_file(found: pwd.struct_passwd) -> str:
    """Return the path of an account's authorized_keys."""
    return os.path.join(found.pw_dir, ".ssh", "authorized_keys")


def read_keys(found: pwd.struct_passwd) -> Optional[str]:
    """Return the text of authorized_keys, in folders that sshd and we can trust."""
    home, path = found.pw_dir, keys_file(found)
    for place in (home, os.path.dirname(path), path):
        try:
            state = os.lstat(place)
        except FileNotFoundError:
            continue
        if stat.S_ISLNK(state.st_mode):
            raise Problem("%s is a link, and is not followed; put the key there by hand" % place)
        if state.st_uid not in (0, found.pw_uid) or state.st_mode & 0o022:
            others_may = "may be written by others than %s, so sshd takes no key there" % found.pw_name
            raise Problem("%s %s; correct it" % (place, others_may))
    return read(path)


def add_key(name: str, key: str) -> None:
    """Add a line to authorized_keys."""
    found = pwd.getpwnam(name)
    before, folder, owner = read_keys(found), os.path.dirname(keys_file(found)), (found.pw_uid, found.pw_gid)
    made = made_for(name)
    keys = [*made.get("key", "").splitlines(), key]
    state = "found" if before is not None else "made" if os.path.isdir(folder) else "made with its folder"
    remember(user=name, key="\n".join(keys), keys_file=made.get("keys_file", state))
    kept = before or ""
    with as_owner(found):
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o700)
        write(keys_file(found), kept + ("" if kept.endswith("\n") or not kept else "\n") + key + "\n", 0o600, owner)


@contextlib.contextmanager
def as_owner(found: pwd.struct_passwd) -> Iterator[None]:
    """Work in the account's home as the account, because whoever owns a folder could lead root elsewhere by a link."""
    folders = [place for place in (found.pw_dir, os.path.dirname(keys_file(found))) if os.path.isdir(place)]
    if all(os.stat(place).st_uid == 0 for place in folders):
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(found.pw_gid)
    os.seteuid(found.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def program(wanted: Wanted) -> str:
    """Return the path of what runs start under sudo."""
    found = shutil.which(wanted["program"], path=PATH)
    if found is None:
        raise Problem("%s is not there, and runs start it under sudo; install it first" % wanted["program"])
    return found


def allowed(wanted: Wanted) -> str:
    """Return why the account may not start the program under sudo without a password; empty when it may."""
    path = program(wanted)
    words = [path, "-c", ""] if os.path.basename(path).startswith("python") else ["-l", path]
    status, said = run("runuser", "-u", wanted["user"], "--", "sudo", "-n", *words)
    return "" if status == 0 else said or "sudo ended with %d" % status


def sudo_steps(wanted: Wanted) -> Steps:
    """Yield how sudo is told, unless sudo lets the account do it already."""
    found = account(wanted["user"])
    if not wanted["sudo"]:
        return
    for needed in ("sudo", "visudo"):
        if shutil.which(needed, path=PATH) is None:
            raise Problem("%s is not installed; install the package sudo first" % needed)
    text = wanted["sudoers"].replace("{program}", program(wanted))
    before = read(FILE)
    if before == text:
        return
    ours = record().get("sudoers")
    if ours is None and found is not None and not allowed(wanted):
        return  # somebody has allowed it already, in whichever file
    if before is not None and before != ours:
        raise Problem("%s is there already and says something else; %s" % (FILE, MOVE))
    check(text)
    what = "let %s start %s under sudo, by %s" % (wanted["user"], program(wanted), FILE)
    yield what, lambda: allow(wanted, text, before)


def check(text: str) -> None:
    """Raise Problem if sudo cannot read a file of this text, or would not look for it."""
    status, said = run("visudo", "-c")
    if status:
        raise Problem("visudo refuses sudo's files as they are, without ours: %s; correct them first" % said)
    included = re.findall(r"^\s*[#@]include(dir)?\s+(\S+)", read("/etc/sudoers") or "@include elsewhere", re.MULTILINE)
    if not any(not folder or path.strip('"').rstrip("/").endswith("sudoers.d") for folder, path in included):
        line = "add the line `@includedir /etc/sudoers.d` with visudo (`#includedir` before sudo 1.9.1)"
        raise Problem("/etc/sudoers does not include /etc/sudoers.d, so a file there counts for nothing; %s" % line)
    write(NEW, text, 0o440)
    try:
        status, said = run("visudo", "-c", "-f", NEW)
    finally:
        os.unlink(NEW)
    if status:
        raise Problem("visudo refuses the sudoers file: %s" % said.replace(NEW, "line"))


def others(wanted: Wanted) -> Dict[str, Tuple[int, str]]:
    """Return what sudo allows root and whoever has logged in, as far as these are not the account itself."""
    names = {"root", wanted["login"]} - {wanted["user"]}
    return {name: run("sudo", "-n", "-l", "-U", name) for name in sorted(names) if account(name) is not None}


def allow(wanted: Wanted, text: str, before: Optional[str]) -> None:
    """Put the file in place, and take it back unless it does what it is for, and nothing to anybody else."""
    earlier = others(wanted)
    remember(user=wanted["user"], sudoers=text)
    write(NEW, text, 0o440)
    os.rename(NEW, FILE)
    why = why_not(wanted, earlier)
    if why:
        if before is None:
            os.unlink(FILE)
        else:
            write(FILE, before, 0o440)
        remember(sudoers=before or "")
        raise Problem("the sudoers file was taken back: %s" % why)


def why_not(wanted: Wanted, earlier: Dict[str, Tuple[int, str]]) -> str:
    """Return why the file must not stay; empty if it may."""
    status, said = run("visudo", "-c")
    if status:
        return "with it visudo refuses sudo's files as a whole: %s" % said
    if others(wanted) != earlier:
        return "it changes what root or %s may do, and could lock them out; correct it" % wanted["login"]
    denied = allowed(wanted)
    if denied:
        may = "with it %s may still not start %s under sudo" % (wanted["user"], program(wanted))
        return "%s: %s; correct it, or see #includedir in /etc/sudoers" % (may, denied)
    return ""


def undo_steps(wanted: Wanted) -> Steps:
    """Yield how what earlier calls have made is taken away, but for what `keep` names."""
    name, keep = wanted["user"], wanted["keep"]
    made, found = made_for(name), account(name)
    if made and wanted["login"] == name:
        raise Problem("--login %s is the account itself, and could not finish; log in as somebody else" % name)
    if made.get("sudoers") and made["sudoers"] != keep.get("sudoers"):
        if read(FILE) not in (made["sudoers"], None):
            raise Problem("%s was changed since; %s" % (FILE, MOVE))
        yield "remove %s" % FILE, lambda: remove_sudoers(keep.get("sudoers", ""))
    keys = [key for key in made.get("key", "").splitlines() if key not in keep.get("key", "").splitlines()]
    if made.get("account") and not keep.get("account") and found is not None:
        yield "remove account %s" % name, lambda: remove_account(name, found)
    elif keys and found is not None:
        yield "take the key out of %s" % keys_file(found), lambda: remove_keys(name, keys)
    if made and not keep:
        yield "", lambda: remember(**dict.fromkeys(made, ""))


def remove_sudoers(earlier: str) -> None:
    """Remove the sudoers file, or put back what an earlier call has put there."""
    if earlier:
        write(FILE, earlier, 0o440)
    elif os.path.exists(FILE):
        os.unlink(FILE)
    remember(sudoers=earlier)


def others_lines(found: pwd.struct_passwd, keys: List[str]) -> List[str]:
    """Return the lines of authorized_keys that are not these keys."""
    return [line for line in (read_keys(found) or "").splitlines(True) if line.strip() not in keys]


def remove_keys(name: str, keys: List[str]) -> None:
    """Take lines out of authorized_keys, and remove a file that was not there before."""
    found, made = pwd.getpwnam(name), made_for(name)
    kept = others_lines(found, keys)
    with as_owner(found):
        if kept or made.get("keys_file", "found") == "found":
            write(keys_file(found), "".join(kept), 0o600, (found.pw_uid, found.pw_gid))
        else:
            os.unlink(keys_file(found))
            if made["keys_file"] != "made":
                with contextlib.suppress(OSError):  # somebody's file is in there
                    os.rmdir(os.path.dirname(keys_file(found)))
    left = [key for key in made["key"].splitlines() if key not in keys]
    remember(key="\n".join(left), keys_file=made.get("keys_file", "") if left else "")


def remove_account(name: str, found: pwd.struct_passwd) -> None:
    """Remove the account, and its home unless somebody has put something there."""
    words = ["userdel", *(["--remove"] if is_as_made(found) else []), name]
    for _ in range(ATTEMPTS):
        status, said = run(*words)
        if status != LOGGED_IN:
            break
        time.sleep(0.5)  # a connection that has just been closed
    if status:
        raise Problem("userdel ended with %d: %s" % (status, said))
    remember(account="", key="", keys_file="")


def is_as_made(found: pwd.struct_passwd) -> bool:
    """Return whether a home holds what it was made with, our keys, and what a login leaves."""
    home, skeleton = found.pw_dir, "/etc/skel"
    if not os.path.isdir(home) or others_lines(found, made_for(found.pw_name).get("key", "").splitlines()):
        return False
    for name in set(os.listdir(home)) - {".bash_history", ".cache"}:
        path, model = os.path.join(home, name), os.path.join(skeleton, name)
        if name == ".ssh":
            if set(os.listdir(path)) - {"authorized_keys"}:
                return False
        elif not os.path.isdir(model) and not (os.path.isfile(model) and filecmp.cmp(path, model, shallow=False)):
            return False
    return True


def main(wanted: Wanted) -> None:
    """Print what was done, or is to be done, and why not, as JSON."""
    done, problem, earlier = [], "", record()
    sections = [undo_steps] if wanted["undo"] else [account_steps, key_steps, sudo_steps]
    try:
        for section in sections:
            for what, do in list(section(wanted)):
                if wanted["really"]:
                    do()
                if what:
                    done.append(what)
    except Problem as found:
        problem = str(found)
    except OSError as failure:
        problem = "%s: %s; correct the cause" % (failure.filename, failure.strerror)
    print(json.dumps({"steps": done, "problem": problem, "earlier": earlier}))
    sys.stdout.flush()
