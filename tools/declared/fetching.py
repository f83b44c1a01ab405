"""Fetching: programs of a release from PyPI or from their projects' history, and the Pythons that run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from components.settings.releases import is_before
from tools.declared.versions import ENVIRONMENTS, NOT_ON_PYPI, ReleaseLibraries

_UV = Path(sys.executable).with_name("uv")


class Fetching:
    """Fetches, and keeps what was fetched.

    Args:
        cache: Folder for what is fetched.
        history: Folder with a clone of each project; None: only what PyPI has is there.
    """

    def __init__(self, cache: Path, history: Path | None) -> None:
        self.cache, self.history = cache.resolve(), history

    def program(self, name: str, version: str, release: str) -> Path | None:
        """Return the folder with a program's packages; None when it is only in a history that was not given."""
        if (name, release) not in NOT_ON_PYPI:
            return self.from_pypi(name, version)
        return self._from_history(name, version) if self.history else None

    def from_pypi(self, package: str, version: str) -> Path:
        """Return the folder of what a wheel or a source archive on PyPI holds."""
        target = self.cache / "sources" / f"{package}-{version}"
        if not target.exists():
            fetched = self.cache / "fetched" / f"{package}-{version}"
            fetched.mkdir(parents=True, exist_ok=True)
            pip = [str(python("3.11")), "-m", "pip"]
            _run([*pip, "download", "-q", "--no-deps", f"{package}=={version}", "-d", str(fetched)])
            (file,) = fetched.iterdir()
            if file.suffix == ".whl":
                shutil.unpack_archive(file, target, "zip")
            else:
                shutil.unpack_archive(file, target, filter="data")
        return target

    def _from_history(self, name: str, version: str) -> Path:
        target = self.cache / "sources" / f"{name}-{version}"
        if not target.exists():
            clone = next(path for path in (self.history or Path()).iterdir() if path.name in (name, f"{name}.git"))
            archive = subprocess.run(["git", "-C", str(clone), "archive", version], capture_output=True, check=True)
            target.mkdir(parents=True)
            subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
        return target

    def environment(self, release: str) -> Path:
        """Return the Python with the libraries that a release's lists run with."""
        libraries = next(one for one in ENVIRONMENTS if not is_before(one.last, release))
        target = self.cache / f"python{libraries.python}"
        if not (target / "made").exists():
            shutil.rmtree(target, ignore_errors=True)
            _make(libraries, target)
            (target / "made").touch()
        return target / "bin" / "python"


def python(version: str) -> Path:
    """Return the Python of a version, which ~/.pyenv or PATH has.

    Raises:
        SystemExit: there is none.
    """
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [*root.glob(f"versions/{version}.*/bin/python"), shutil.which(f"python{version}")]
    if found[0] is None:
        raise SystemExit(f"python{version} is neither in {root} nor on PATH; install it, then run this again")
    return Path(found[0])


def _make(libraries: ReleaseLibraries, target: Path) -> None:
    """Make an environment. uv takes the day into account, and knows no Python before 3.8."""
    if libraries.day:
        _run([str(_UV), "venv", "-q", "--python", str(python(libraries.python)), str(target)])
        install = [str(_UV), "pip", "install", "-q", "--python", str(target / "bin" / "python")]
        _run([*install, "--exclude-newer", libraries.day, *libraries.packages])
        return
    _run([str(python(libraries.python)), "-m", "venv", str(target)])
    pip = [str(target / "bin" / "pip"), "install", "-q", "--prefer-binary"]
    tools = [one for one in libraries.packages if one.startswith(("setuptools", "wheel"))]
    _run([*pip, "-U", "pip<22", *tools])
    _run([*pip, *libraries.packages])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
