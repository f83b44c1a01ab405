"""ContainedHost: a real sshd, sudo, visudo and useradd, in namespaces of their own over the lab's cached root."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from lab import root

START = r"""
set -e
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --bind /dev dev
mount -t tmpfs tmpfs run
mkdir -p run/sshd root/.ssh
chmod 700 root/.ssh
echo "$4" > root/.ssh/authorized_keys
chroot . ssh-keygen -A > /dev/null
exec chroot . /usr/sbin/sshd -D -e -p "$3" -o ListenAddress=127.0.0.1
"""
CACHED = root.path()
SECONDS = 30


class ContainedHost:
    """A host on 127.0.0.1 whose files and processes end with it.

    Attributes:
        port: Where its sshd listens.
    """

    def __init__(self, folder: Path, root_key: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._log = (folder / "sshd.log").open("w+b")
        place = folder / "host"
        place.mkdir()
        words = [START, "start", str(CACHED), str(place), str(self.port), root_key]
        self._outer = subprocess.Popen(
            ["unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "sh", "-c", *words],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def __enter__(self) -> Self:
        limit = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return self
            if self._outer.poll() is not None or time.monotonic() > limit:
                self.__exit__()
                raise AssertionError(Path(self._log.name).read_text())
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._outer.kill()
        self._outer.wait()
        self._log.close()

    def on(self, *argv: str, stdin: str = "", check: bool = True) -> str:
        """Run a program there as root, and return what it printed."""
        pid = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()[0]
        inside = ["nsenter", "--target", pid, "--mount", "--pid", "--uts", "--root", "--wd", "--"]
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TERM": os.environ.get("TERM", "dumb")}
        done = subprocess.run([*inside, *argv], input=stdin, env=clean, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, script: str, *, check: bool = True) -> str:
        """Run a script there as root."""
        return self.on("sh", "-c", script, check=check)

    def files(self) -> str:
        """Return a line for each file of /etc, /home and /var/lib/ceph-openstack, but for shadow's backups."""
        left = "-not -name '*-' -not -name .pwd.lock"
        return self.shell(
            f"for d in /etc /home /var/lib/ceph-openstack; do find $d {left} -printf '%p %M %U %G %l\\n' 2>/dev/null; "
            f"find $d -type f {left} -exec sha256sum {{}} + 2>/dev/null; done | sort"
        )
