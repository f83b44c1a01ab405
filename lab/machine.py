"""One node as systemd-nspawn runs it: the node's layers, its boot, and a way in without sshd."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from lab import access, cgroup, ini, process, record, units
from lab.command import HUNG_S, run
from lab.errors import LabError
from lab.nodes import ALL, USER, Node
from lab.paths import LOG, RUN
from lab.process import Process
from lab.worlds import Suite

NODE_FILES = RUN / "nodes"
"""A tmpfs for the upper layers, because the cache may lie on a file system that overlayfs refuses for them."""

_UID = 1500
_WITH_CGROUP2 = (
    "unshare", "--mount", "--propagation=slave", "sh", "-c",
    'umount --recursive --lazy /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"', "sh",
)  # fmt: skip
"""Gives a program cgroup version 2 only, also on a machine that has version 1 beside it."""


class Machine:
    """A node and the folder that holds its overlay.

    Args:
        node: The node.
        suite: The suite of Debian that the node runs; None for that of the lab that the record speaks of.
        folder: The overlay's folder; None for the one in NODE_FILES.

    Attributes:
        upper: The node's own layer, the only one that is written to.
        root: Where the layers are mounted, as the node sees them.
        console: A file with what systemd-nspawn and the node's console print.
    """

    def __init__(self, node: Node, suite: Suite | None = None, folder: Path | None = None) -> None:
        self.node = node
        self.suite = suite or record.world().suite(node.role)
        self.folder = folder or NODE_FILES / node.name
        self.upper = self.folder / "upper"
        self.root = self.folder / "root"
        self.console = LOG / f"{node.name}.console"

    def mount(self, lower: list[Path]) -> None:
        """Lay the node's own upper layer over `lower`, uppermost first."""
        for folder in (self.upper, self.folder / "work", self.root):
            folder.mkdir(parents=True, exist_ok=True)
        layers = ":".join(str(path) for path in lower)
        options = f"lowerdir={layers},upperdir={self.upper},workdir={self.folder / 'work'}"
        run(["mount", "-t", "overlay", "-o", options, "overlay", self.root], what=f"{self.node.name}: overlay")

    def prepare(self, wanted_units: tuple[str, ...]) -> None:
        """Write what every node has before its first start: name, hosts, machine id, and its role's units only."""
        self.write("/etc/hostname", f"{self.node.name}\n")
        self.write("/etc/hosts", "127.0.0.1 localhost\n" + "".join(f"{n.address} {n.name}\n" for n in ALL.values()))
        self.write("/etc/machine-id", secrets.token_hex(16) + "\n", mode=0o444)
        units.keep_only(self.root, wanted_units)

    def admit(self) -> None:
        """Configure sshd to let in the lab's user by key, and nobody else."""
        self._account()
        sshd = "PermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel VERBOSE\n"
        self.write("/etc/ssh/sshd_config.d/lab.conf", f"ListenAddress {self.node.address}\n{sshd}")
        for key in (self.root / "etc/ssh").glob("ssh_host_*"):
            key.unlink()
        private = access.host_key(self.node)
        self.write("/etc/ssh/ssh_host_ed25519_key", private.read_text(), mode=0o600)
        self.write("/etc/ssh/ssh_host_ed25519_key.pub", private.with_name(private.name + ".pub").read_text())

        # A node runs no logind, and every login would wait for logind and then log an error.
        self.edit("/etc/pam.d/common-session", lambda text: re.sub(r"(?m)^(?=session.*pam_systemd)", "#", text))
        self.write("/etc/default/locale", "")

    def _account(self) -> None:
        home = f"/home/{USER}"
        if not (self.root / home.lstrip("/")).exists():
            self.append("/etc/passwd", f"{USER}:x:{_UID}:{_UID}::{home}:/bin/bash\n")
            self.append("/etc/group", f"{USER}:x:{_UID}:\n")
            self.append("/etc/shadow", f"{USER}:*:19000:0:99999:7:::\n")
        self.write(f"/etc/sudoers.d/{USER}", f"{USER} ALL=(ALL) NOPASSWD: ALL\n", mode=0o440)
        self.write(f"{home}/.ssh/authorized_keys", access.authorized(), mode=0o600)
        for path in (home, f"{home}/.ssh", f"{home}/.ssh/authorized_keys"):
            os.chown(self.root / path.lstrip("/"), _UID, _UID)
        (self.root / home.lstrip("/") / ".ssh").chmod(0o700)

    def write(self, path: str, text: str, *, mode: int = 0o644, owner: tuple[int, int] = (0, 0)) -> None:
        """Write a file of the node anew, also in place of a link, and make missing folders.

        Args:
            path: The path inside the node.
            text: The whole content.
            mode: The file's mode.
            owner: Numbers of the file's user and group.
        """
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(mode)
        os.chown(file, *owner)

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Replace a shipped file's text by `change(text)`; owner and mode stay."""
        file = self.root / path.lstrip("/")
        file.write_text(change(file.read_text()))

    def set_options(self, path: str, sections: Mapping[str, Mapping[str, str]]) -> None:
        """Set options in a shipped configuration file: section -> option -> value."""
        self.edit(path, lambda text: ini.edit(text, sections))

    def append(self, path: str, text: str) -> None:
        """Add text at the end of a shipped file; owner and mode stay."""
        self.edit(path, lambda old: old + text)

    def make_folder(self, path: str, *, owner: tuple[int, int] = (0, 0)) -> None:
        """Make a folder of the node with missing parents; `owner` are numbers of user and group, for it alone."""
        (self.root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        os.chown(self.root / path.lstrip("/"), *owner)

    def user(self, name: str) -> tuple[int, int]:
        """Return the numbers of a user and of the user's group, read from the node's /etc/passwd."""
        for line in (self.root / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == name:
                return int(fields[2]), int(fields[3])
        raise LabError(f"{self.node.name}: has no user {name}; the root lacks its package, see PACKAGES in lab/root.py")

    def start(self) -> Process:
        """Start systemd-nspawn and return its process; the node goes on booting."""
        argv = ["systemd-nspawn", "--boot", "--quiet", f"--directory={self.root}"]
        argv += [f"--machine={self.node.name}", "--link-journal=no", "--console=pipe"]
        argv += ["--register=no", "--keep-unit", "--capability=all", "--resolv-conf=off", "--timezone=off"]
        if Path("/dev/kvm").exists():
            argv.append("--bind=/dev/kvm")
        settings = {"SYSTEMD_NSPAWN_LOCK": "0"}  # systemd-nspawn's lock files would stay in /run
        if self.suite.needs_cgroup2:
            argv = [*_WITH_CGROUP2, *argv]
            settings["SYSTEMD_NSPAWN_UNIFIED_HIERARCHY"] = "1"
        self.console.parent.mkdir(parents=True, exist_ok=True)
        name = self.node.name
        with self.console.open("a") as out:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **settings},
                start_new_session=True, preexec_fn=lambda: cgroup.enter(name), close_fds=True,
            )  # fmt: skip
        found = process.find(child.pid)
        if found is None:
            raise LabError(f"{name}: systemd-nspawn ended at once; see {self.console}")
        return found

    def leader(self) -> Process | None:
        """Return the node's process 1 as the machine sees it, or None when the node does not run."""
        for candidate in cgroup.processes(self.node.name):
            try:
                status = Path(f"/proc/{candidate.pid}/status").read_text()
            except OSError:
                continue
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[1:]
            if len(numbers) == 2 and numbers[1] == "1" and status.startswith("Name:\tsystemd\n"):
                return candidate
        return None

    def inside(self, command: list[str]) -> list[str]:
        """Return the command line that runs `command` as root in the node, without sshd.

        Raises:
            LabError: The node does not run.
        """
        leader = self.leader()
        if leader is None:
            raise LabError(
                f"{self.node.name}: is not running; `lab/lab status` tells more, `lab/lab up` starts the node"
            )
        enter = ["nsenter", f"--target={leader.pid}", "--mount", "--uts", "--ipc", "--pid", "--root"]
        clean = ["env", "--chdir=/", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"]
        return [*enter, *clean, *command]

    def exec(self, command: list[str], *, what: str, stdin: str | None = None, timeout: float = HUNG_S) -> str:
        """Run a command as root in the node and return its standard output; see `lab.command.run`."""
        return run(self.inside(command), what=f"{self.node.name}: {what}", stdin=stdin, timeout=timeout)

    def script(self, text: str, *, what: str, timeout: float = HUNG_S) -> str:
        """Run a bash script as root in the node, which ends at the first failure, and return its standard output."""
        return self.exec(["/bin/bash", "-euo", "pipefail", "-c", text], what=what, timeout=timeout)

    def wait(self, ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        """Call `ready` every 0.1 s until the answer is true.

        Args:
            ready: The condition.
            what: The failure in words, for the error: `the boot did not settle`.
            seconds: How long to wait.

        Raises:
            LabError: The answer was still false after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise LabError(f"{self.node.name}: {what} within {seconds:.0f} s; see `lab/lab logs {self.node.name}`")
            time.sleep(0.1)

    def says(self, file: str, line: str, seconds: float = HUNG_S) -> None:
        """Wait until a service's log `file` contains `line`."""
        log = self.root / file.lstrip("/")
        self.wait(
            lambda: log.exists() and line in log.read_text(errors="replace"),
            what=f"{file} did not say {line!r}",
            seconds=seconds,
        )

    def answers(self, port: int, unit: str, seconds: float = HUNG_S) -> None:
        """Wait until `unit` answers an HTTP request on `port` with a status below 500."""

        def answered() -> bool:
            connection = HTTPConnection(self.node.address, port, timeout=10)
            try:
                connection.request("GET", "/")
                return connection.getresponse().status < 500
            except (OSError, HTTPException):
                return False
            finally:
                connection.close()

        self.wait(answered, what=f"{unit} did not answer on port {port}", seconds=seconds)

    def booted(self, seconds: float = HUNG_S) -> None:
        """Wait until the boot is over.

        Raises:
            LabError: The boot took more than `seconds`, or a unit failed.
        """
        self.wait(lambda: self.leader() is not None, what="systemd did not start", seconds=seconds)
        state = ""

        def settled() -> bool:
            nonlocal state
            done = subprocess.run(
                self.inside(["systemctl", "is-system-running"]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=seconds,
            )
            state = done.stdout.strip()
            return state in ("running", "degraded")

        self.wait(settled, what="the boot did not settle", seconds=seconds)
        if state == "degraded":
            failed = self.exec(["systemctl", "--failed", "--plain", "--no-legend"], what="failed units")
            names = ", ".join(line.split()[0] for line in failed.splitlines())
            raise LabError(f"{self.node.name}: units failed at boot: {names}; see `lab/lab logs {self.node.name}`")

    def power_off(self, seconds: float = 60.0) -> None:
        """Shut the node down in good order, because its layer will be started again; kill it after `seconds`."""
        leader = self.leader()
        if leader is not None:
            subprocess.run(
                self.inside(["systemctl", "poweroff"]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=HUNG_S,
            )
            process.gone([leader], seconds)
        cgroup.kill(self.node.name)

    def unmount(self) -> None:
        """Unmount the overlay; the upper layer's files stay."""
        if os.path.ismount(self.root):
            run(["umount", self.root], what=f"{self.node.name}: overlay")
        shutil.rmtree(self.folder / "work", ignore_errors=True)


def running(name: str) -> Machine:
    """Return a node of this checkout's lab by its name.

    Raises:
        LabError: The lab is down, or another checkout's.
    """
    known = record.read()
    if known is None:
        raise LabError("the lab is not up; run `lab/lab up`")
    if not known.ours():
        raise LabError(
            f"the lab that runs belongs to another checkout ({known.state}); `lab/lab up` here replaces that lab"
        )
    return Machine(ALL[name])
