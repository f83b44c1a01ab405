"""The lab's guest: a bootable raw disk of 48 MiB with Debian's cloud kernel and busybox."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from lab import record, root
from lab.command import run
from lab.errors import LabError
from lab.paths import CACHE, LOG
from lab.progress import say
from lab.root import locked
from lab.worlds import Suite

SIZE = 48 << 20
IMAGE_SLOT = (SIZE - (1 << 20)) // 512
"""Sector with a line that names the image; the guest prints the line at boot."""
BOOT_SLOT = IMAGE_SLOT + 1
"""Sector where the guest writes a random token at each boot, after printing the token of the boot before."""
COUNT_SLOT = BOOT_SLOT + 1
"""Sector where the guest counts seconds; the number grows as long as the guest can write."""

_KERNEL = "linux-image-cloud-amd64"
_TOOLS = ("syslinux", "mtools", "dosfstools")
_MODULES = ("virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod", "evdev", "button")
_PROGRAMS = ("bin/busybox", "sbin/mke2fs")
_INIT = Path(__file__).with_name("guest_init.sh")
# Leave out what costs time on emulated hardware.
_COMMAND_LINE = "console=ttyS0 quiet panic=1 no_timer_check nokaslr mitigations=off apparmor=0"


def ensure() -> Path:
    """Return the image's path, after making the image if the cache has none.

    No package is installed on this machine; packages are only unpacked.
    """
    suite = record.world().openstack
    made = CACHE / "guest" / f"{suite.name}-{_key(suite)}.raw"
    if not made.is_file():
        with locked(made.with_suffix(".lock")):
            if not made.is_file():
                say("guest: making its disk")
                with tempfile.TemporaryDirectory(dir=made.parent) as folder:
                    _make(Path(folder), suite).rename(made)
                for old in made.parent.glob(f"{suite.name}-*.raw"):
                    if old != made:
                        old.unlink()
                say("guest: made")
    return made


def _key(suite: Suite) -> str:
    digest = hashlib.sha256(root.key(suite).encode())
    for file in (Path(__file__), _INIT):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _make(folder: Path, suite: Suite) -> Path:
    lower, packages = root.ensure(LOG / "root.log", suite), _unpack(folder)
    (kernel,) = (packages / "boot").glob("vmlinuz-*")
    initrd = folder / "initrd.gz"
    initrd.write_bytes(_initramfs(folder / "initramfs", lower, packages))
    config = folder / "syslinux.cfg"
    config.write_text(f"DEFAULT guest\nLABEL guest\nKERNEL vmlinuz\nINITRD initrd.gz\nAPPEND {_COMMAND_LINE}\n")
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(SIZE)
    folders = [str(packages / folder) for folder in ("usr/bin", "usr/sbin", "sbin")]
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    # One file system from the disk's first sector on, because the disk boots from the file system's boot sector.
    # The last MiB is left to the slots.
    commands: tuple[list[str | Path], ...] = (
        ["mkfs.fat", "-F", "16", "-n", "LABGUEST", disk, str((SIZE >> 10) - 1024)],
        ["mcopy", "-i", disk, kernel, "::vmlinuz"],
        ["mcopy", "-i", disk, initrd, config, "::"],
        ["syslinux", "--install", disk],
    )
    for argv in commands:
        env = {**os.environ, "PATH": path, "MTOOLS_SKIP_CHECK": "1"}
        found = shutil.which(str(argv[0]), path=path) or str(argv[0])
        run([found, *argv[1:]], what="guest: disk", env=env)
    return disk


def _unpack(folder: Path) -> Path:
    """Download the packages with the machine's apt, unpack them, and return the folder of their files."""
    log = LOG / "guest.log"
    kernel = _kernel_package()
    if kernel is None:
        run(["apt-get", "update"], what="guest: package lists", log=log, timeout=300)
        kernel = _kernel_package()
    if kernel is None:
        raise LabError(f"guest: apt on this machine knows no {_KERNEL}; add Debian's main section to its sources")
    download = folder / "packages"
    download.mkdir()
    user = ["-o", "APT::Sandbox::User=root"]
    argv = ["env", f"--chdir={download}", "apt-get", "download", *user, kernel, *_TOOLS]
    run(argv, what="guest: packages", log=log, timeout=300)
    for package in download.glob("*.deb"):
        run(["dpkg-deb", "--extract", package, folder / "unpacked"], what=f"guest: {package.name}")
    return folder / "unpacked"


def _kernel_package() -> str | None:
    found = re.search(r"Depends: (linux-image-\S+)", run(["apt-cache", "depends", _KERNEL], what="guest: kernel"))
    return found[1] if found else None


def _initramfs(tree: Path, lower: Path, packages: Path) -> bytes:
    modules = {file.stem.replace("-", "_"): file for file in (packages / "lib/modules").rglob("*.ko")}
    order: list[str] = []
    for name in _MODULES:
        _with_dependencies(name, modules, order)
    (tree / "modules").mkdir(parents=True)
    (tree / "modules/order").write_text("".join(f"{name}\n" for name in order))
    for name in order:
        shutil.copy(modules[name], tree / f"modules/{name}.ko")
    for program in _PROGRAMS:
        for needed in (program, *_libraries(lower, program)):
            (tree / needed).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(lower / needed, tree / needed)
    init = _INIT.read_text()
    for name, slot in (("IMAGE_SLOT", IMAGE_SLOT), ("BOOT_SLOT", BOOT_SLOT), ("COUNT_SLOT", COUNT_SLOT)):
        init = init.replace(name, str(slot))
    (tree / "init").write_text(init)
    (tree / "init").chmod(0o755)
    (tree / "dev").mkdir()
    archive = tree.with_suffix(".cpio")
    pack = f"find . | {lower}/bin/busybox cpio -o -H newc >{archive}"
    run(["env", f"--chdir={tree}", "sh", "-c", pack], what="guest: initramfs")
    return gzip.compress(archive.read_bytes(), 6)


def _with_dependencies(name: str, modules: dict[str, Path], order: list[str]) -> None:
    if name in order or name not in modules:
        return
    found = re.search(rb"\0depends=([^\0]*)\0", modules[name].read_bytes())
    for needed in found[1].decode().split(",") if found else []:
        _with_dependencies(needed.replace("-", "_"), modules, order)
    order.append(name)


def _libraries(lower: Path, program: str) -> list[str]:
    listed = (
        run(["chroot", lower, "ldd", f"/{program}"], what=f"guest: libraries of {program}") if "sbin" in program else ""
    )
    return [path.lstrip("/") for path in re.findall(r"(/\S+) \(0x", listed)]
