"""The Debian root of a suite: the lower layer of its nodes, built once per package list and cached."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import cgroup
from lab.command import run
from lab.errors import LabError
from lab.paths import CACHE
from lab.progress import say
from lab.worlds import BOOKWORM, Suite

PACKAGES = (
    # the node itself
    "systemd", "systemd-sysv", "dbus", "udev", "openssh-server", "sudo", "python3", "iproute2", "procps",
    "e2fsprogs", "less", "curl", "ca-certificates", "netbase", "libpam-systemd", "busybox-static",
    # Ceph
    "ceph-mon", "ceph-mgr", "ceph-osd", "ceph-common", "python3-rados", "python3-rbd",
    # libvirt and qemu
    "libvirt-daemon-system", "libvirt-clients", "libvirt-daemon-driver-storage-rbd", "python3-libvirt",
    "qemu-system-x86", "qemu-utils", "qemu-block-extra",
    # OpenStack; nfs-common because Cinder's NFS driver asks for mount.nfs
    "mariadb-server", "rabbitmq-server", "keystone", "placement-api", "glance-api",
    "cinder-api", "cinder-scheduler", "cinder-volume", "cinder-backup", "nfs-common",
    "nova-api", "nova-conductor", "nova-scheduler", "nova-compute", "nova-compute-kvm",
    "python3-openstackclient", "python3-glanceclient", "python3-cinderclient", "python3-pymysql",
)  # fmt: skip
LEFT_OUT = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*/changelog*")
PARTIAL = ".partial"
_GROUP = "root-build"


def key(suite: Suite = BOOKWORM) -> str:
    """Return a name that changes with the suite, the packages and what is left out."""
    return hashlib.sha256("\n".join((suite.name, *PACKAGES, *LEFT_OUT)).encode()).hexdigest()[:16]


def path(suite: Suite = BOOKWORM) -> Path:
    """Return where the cache has the root, or would have it."""
    return CACHE / "root" / key(suite)


def ensure(log: Path, suite: Suite = BOOKWORM) -> Path:
    """Return the cached root, after building the root if the cache has none.

    Args:
        log: A file for mmdebstrap's output.
        suite: The suite of Debian.

    Raises:
        LabError: The machine has no Debian mirror, or the build failed or took more than 25 minutes.
    """
    made = path(suite)
    if made.is_dir():
        return made
    with locked(made.with_name(f"{made.name}.lock")):
        if not made.is_dir():
            _build(suite, log)
    return made


def _build(suite: Suite, log: Path) -> None:
    partial = path(suite).with_name(key(suite) + PARTIAL)
    cgroup.kill(_GROUP)  # apt and dpkg outlive a killed mmdebstrap
    if partial.exists():
        say("root: a build was cut off; its remains are removed")
        discard(partial)
    say(f"root: building Debian {suite.name} (2 to 4 minutes; log: {log})")
    log.parent.mkdir(parents=True, exist_ok=True)
    argv = [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        "--format=directory",
        f"--include={','.join(PACKAGES)}",
    ]
    argv += ["--dpkgopt=force-unsafe-io", *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT)]
    argv += [f"--aptopt={option}" for option in _machine_apt_options()]
    argv += [suite.name, str(partial), "-"]
    status = _follow(argv, _sources(suite, log), log)
    if status != 0:
        raise LabError(
            f"root: mmdebstrap ended with {status}: {_last_step(log)}; see {log}, then run `lab/lab up` again"
        )
    partial.rename(path(suite))
    cgroup.remove(_GROUP)
    say("root: built")


def _follow(argv: list[str], sources: str, log: Path) -> int:
    """Run mmdebstrap, say its last step every 15 seconds, and return its exit status."""
    with log.open("w") as out:
        build = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=out, stderr=out, text=True, preexec_fn=lambda: cgroup.enter(_GROUP)
        )  # fmt: skip
        assert build.stdin is not None
        build.stdin.write(sources)
        build.stdin.close()
        began = time.monotonic()
        while True:
            try:
                return build.wait(timeout=15)
            except subprocess.TimeoutExpired:
                say(f"root: still building; {_last_step(log)}")
                if time.monotonic() - began > 1500:
                    build.terminate()
                    raise LabError(f"root: mmdebstrap did not end within 25 minutes; see {log}") from None


def _sources(suite: Suite, log: Path) -> str:
    """Return the suite's lines of sources.list, on the machine's Debian mirrors; other sources stay out.

    The machine's apt knows the suite that runs on the machine. The mirrors have the others beside it.
    """
    lines = _lines(suite)
    if not lines:
        run(["apt-get", "update"], what="root: package lists", log=log, timeout=300)
        lines = _lines(suite)
    if not lines:
        raise LabError("root: apt on this machine knows no Debian mirror; add one to /etc/apt")
    return "\n".join(lines) + "\n"


def _lines(suite: Suite) -> list[str]:
    listing = run(
        [
            "apt-get", "indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
            "Created-By: Packages",
        ],
        what="root: the machine's apt sources",
    )  # fmt: skip
    lines: list[str] = []
    for line in listing.splitlines():
        origin, codename, uri, release, component = line.split("|")
        base = codename.split("-")[0]
        if origin != "Debian" or component != "main" or (release != base and not suite.is_released):
            continue
        lines.append(f"deb {uri} {suite.name}{release.removeprefix(base)} {component}")
    return list(dict.fromkeys(lines))


def _machine_apt_options() -> list[str]:
    """Return the machine's proxy, validity and retry settings, because the root uses the same mirrors."""
    dump = run(["apt-config", "dump", "Acquire"], what="root: the machine's apt options")
    wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
    return [line.rstrip(";") for line in dump.splitlines() if line.startswith(wanted) and not line.endswith('"";')]


def _last_step(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").replace("\r", "\n").splitlines() if line.strip()]
    return lines[-1][-100:] if lines else "no output yet"


def discard(folder: Path) -> None:
    """Remove a folder of the cache, after unmounting what a killed build has left mounted in that folder."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if Path(m).is_relative_to(folder)), reverse=True):
        run(["umount", "--lazy", mount], what=f"cleanup: {mount}")
    shutil.rmtree(folder)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold an advisory lock on `file`; the kernel drops the lock of a killed process, so that nobody waits for it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
