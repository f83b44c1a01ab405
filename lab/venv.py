"""A release's services in a virtual environment, as a layer over the root, built once from PyPI and cached."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from lab import cgroup, root
from lab.command import last_line, run
from lab.errors import LabError
from lab.paths import CACHE, CHECKOUT, LOG
from lab.progress import say
from lab.releases import RELEASES, Release
from lab.root import PARTIAL, discard, locked

PREFIX = "/opt/openstack"
"""The environment's folder on the node."""

_PYTHON = Path("/usr/bin/python3")
_VERSION = "python3.11"
"""The root's Python. The machine's Python has to be the same, because C extensions are built for one version."""

_MODULES = ("rados", "rbd")
"""Modules that are taken from Debian's packages, because PyPI has none."""

_UV = CHECKOUT / ".venv" / "bin" / "uv"
_FOLDER = CACHE / "release"
_GROUP = "release-build"
_LONGEST_S = 900


def key(release: Release) -> str:
    """Return the environment's name in the cache, which changes with the root, the day and the packages."""
    made_of = (root.key(), release.day, *release.packages, PREFIX, *_MODULES)
    digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()
    return f"{release.name}-{digest[:16]}"


def path(release: Release) -> Path:
    """Return where the cache has the release's layer, or would have it."""
    return _FOLDER / key(release)


def ensure(release: Release) -> Path:
    """Return the release's layer, after building the layer if the cache has none.

    Raises:
        LabError: uv or a Python like the nodes' is missing, or the installation failed or took too long.
    """
    if path(release).is_dir():
        return path(release)
    with locked(_FOLDER / f"{key(release)}.lock"):
        if not path(release).is_dir():
            _build(release)
    return path(release)


def _build(release: Release) -> None:
    what = f"release {release.name}"
    partial = path(release).with_name(key(release) + PARTIAL)
    cgroup.kill(_GROUP)
    if partial.exists():
        say(f"{what}: a build was cut off; the build begins anew, with the downloads of the first")
        discard(partial)
    _needs(what)
    log = LOG / f"release-{release.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    packages = " ".join(release.packages)
    say(f"{what}: installing {packages} as PyPI had them on {release.day} (about a minute; log: {log})")
    target = partial / PREFIX.lstrip("/")
    target.parent.mkdir(parents=True)
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")}
    # Relocatable: the environment's scripts find Python beside them, wherever the layer is mounted.
    made: list[str | Path] = [_UV, "venv", "--relocatable", "--no-project", "--python", _PYTHON, target]
    run(made, what=f"{what}: virtual environment", log=log, env=env)
    # Compile now, because services cannot write bytecode there and would compile everything at each start.
    install: list[str | Path] = [_UV, "pip", "install", "--python", target / "bin" / "python", "--compile-bytecode"]
    _follow([*install, "--exclude-newer", release.day, *release.packages], log, what, env)
    site = target / "lib" / _VERSION / "site-packages"
    for module in _MODULES:
        found = [file.name for file in (root.path() / "usr/lib/python3/dist-packages").glob(f"{module}.*.so")]
        if not found:
            raise LabError(f"{what}: the lab's root has no module {module}; see PACKAGES in lab/root.py")
        for name in found:
            (site / name).symlink_to(f"/usr/lib/python3/dist-packages/{name}")
    partial.rename(path(release))
    _prune()
    say(f"{what}: installed")


def _needs(what: str) -> None:
    if not _PYTHON.exists():
        raise LabError(f"{what}: {_PYTHON} is missing; install Debian's python3, then run this again")
    version = run([_PYTHON, "-c", "import sys; print('python%d.%d' % sys.version_info[:2])"], what=f"{what}: Python")
    if version.strip() != _VERSION:
        raise LabError(f"{what}: {_PYTHON} is {version.strip()}, the nodes have {_VERSION}; run the lab on Debian 12")
    if not _UV.exists():
        raise LabError(f"{what}: uv is missing, which installs the release; run `make tools`, then this again")


def _follow(argv: list[str | Path], log: Path, what: str, env: dict[str, str]) -> None:
    """Run uv and say its last line of output every 15 seconds; raise LabError when uv fails or takes too long."""
    began = time.monotonic()
    with log.open("a") as out:
        child = subprocess.Popen(
            [str(argument) for argument in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
            cwd=log.parent, preexec_fn=lambda: cgroup.enter(_GROUP),
        )  # fmt: skip
        while True:
            try:
                status = child.wait(timeout=15)
                break
            except subprocess.TimeoutExpired:
                say(f"{what}: still installing; {last_line(log.read_text(errors='replace'))}")
                if time.monotonic() - began > _LONGEST_S:
                    child.kill()
                    raise LabError(f"{what}: uv did not end within {_LONGEST_S} s; see {log}") from None
    cgroup.remove(_GROUP)
    if status != 0:
        said = last_line(log.read_text(errors="replace"))
        raise LabError(
            f"{what}: uv ended with {status}: {said}; see {log}, then run this again (the downloads are kept)"
        )


def _prune() -> None:
    """Remove old environments of 350 MB each, which changed pins or another root leave behind."""
    known = {key(release) for release in RELEASES.values()}
    mounts = Path("/proc/self/mounts").read_text()
    for old in _FOLDER.iterdir():
        if old.is_dir() and old.name not in known and not old.name.endswith(PARTIAL) and str(old) not in mounts:
            shutil.rmtree(old)
