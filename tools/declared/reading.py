"""Reading: what the programs of a release declare."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.services.declared_options import Place
from components.settings.releases import is_before
from tools.declared.fetching import Fetching, python
from tools.declared.versions import ENVIRONMENTS, LISTS, OLD_LIBRARIES, PARSED, PROGRAMS, VERSIONS

BACKEND = "<backend>"
_HERE = Path(__file__).parent
_LIBRARIES = """
import json
import pkg_resources
from keystoneauth1 import loading

options = loading.get_auth_common_conf_options() + loading.get_session_conf_options()
options += [one for name in loading.get_available_plugin_names() for one in loading.get_auth_plugin_conf_options(name)]
found = {("<login>", option.dest) for option in options}
for point in pkg_resources.iter_entry_points("oslo.config.opts"):
    if not point.name.startswith("oslo."):
        continue
    for group, options in point.load()():
        if str(getattr(group, "name", group) or "DEFAULT") == "DEFAULT":
            found |= {("DEFAULT", option.dest) for option in options}
        found |= {
            ("DEFAULT", old.name.replace("-", "_"))
            for option in options for old in option.deprecated_opts if old.group == "DEFAULT" and old.name
        }
print(json.dumps(sorted(found)))
"""
"""Prints what the libraries of an environment declare in [DEFAULT], and what a login to Keystone reads."""


@dataclass(frozen=True)
class Declaration:
    """One option as a release declares it.

    Attributes:
        section: its section.
        name: its name, with underscores.
        deprecated: whether the release is about to drop it.
        old: the places at which the release still reads it under an old name.
    """

    section: str
    name: str
    deprecated: bool
    old: tuple[Place, ...] = ()


def declarations(fetching: Fetching, file: str, release: str) -> list[Declaration] | None:
    """Return what the programs of a file declare in a release; None when they cannot be had."""
    folders = {}
    for program in PROGRAMS[file]:
        version = getattr(VERSIONS[release], program)
        folder = fetching.program(program, version, release) if version else Path()
        if folder is None:
            return None
        if version:
            folders[program] = folder
    rows = _parsed_all(folders, release) if release in PARSED else _listed(fetching, folders, release)
    found = [
        Declaration(row["section"], row["name"], row["deprecated"], tuple((old[0], old[1]) for old in row["old"]))
        for row in rows
    ]
    return [*found, *_of_backends(found)] if file == "cinder.conf" else found


def libraries(fetching: Fetching) -> list[Place]:
    """Return the options that libraries of any time declare in [DEFAULT], and those of a login to Keystone."""
    found: set[Place] = set()
    for environment in ENVIRONMENTS:
        command = [str(fetching.environment(environment.last)), "-W", "ignore", "-c", _LIBRARIES]
        found |= {(section, name) for section, name in json.loads(_output(command))}
    for name, version in OLD_LIBRARIES.items():
        rows = _parsed(fetching.from_pypi(name, version))
        found |= {("DEFAULT", row["name"]) for row in rows if row["section"] == "DEFAULT" and row["registered"]}
        found |= {("DEFAULT", old) for row in rows for section, old in row["old"] if section == "DEFAULT"}
        found |= {("DEFAULT", row["name"]) for row in rows if name == "oslo.log"}  # all of its options are there
    return sorted(found)


def _listed(fetching: Fetching, folders: dict[str, Path], release: str) -> list[dict[str, Any]]:
    """Return what the release's own lists say."""
    lists = [name for program in folders for first, name in LISTS[program] if not is_before(release, first)]
    command = [str(fetching.environment(release)), "-W", "ignore", str(_HERE / "read_lists.py")]
    listed: list[dict[str, Any]] = json.loads(_output([*command, *map(str, folders.values()), "--", *lists]))
    return listed


def _parsed_all(folders: dict[str, Path], release: str) -> Iterator[dict[str, Any]]:
    """Yield what the sources say.

    glance_store registers all of its options in a group of its own, by a loop that parsing does not follow; in Juno the
    loop gives each option its old place in [DEFAULT], too.
    """
    for program, folder in folders.items():
        for row in _parsed(folder):
            if program != "glance_store" or row["section"] != "DEFAULT":
                yield row
                continue
            old = [["DEFAULT", row["name"]]] if release == "juno" else []
            yield {**row, "section": "glance_store", "old": [*row["old"], *old]}


def _parsed(folder: Path) -> list[dict[str, Any]]:
    """Return what sources say, which are of Python 2 or 3."""
    script = [str(_HERE / "read_sources.py"), str(folder)]
    try:
        found: list[dict[str, Any]] = json.loads(_output([str(python("2.7")), *script]))
    except subprocess.CalledProcessError:
        found = json.loads(_output([sys.executable, *script]))
    return found


def _of_backends(found: Iterable[Declaration]) -> list[Declaration]:
    """Return what Cinder reads in the section of a back end: before Pike whatever it reads in [DEFAULT]."""
    found = list(found)
    sections = {one.section for one in found}
    section = "backend_defaults" if "backend_defaults" in sections else "DEFAULT"
    return [
        replace(one, section=BACKEND, old=tuple((BACKEND, name) for there, name in one.old if there == section))
        for one in found
        if one.section == section
    ]


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.stderr.write(f"{' '.join(command)}\n{done.stderr[-2000:]}\n")
        done.check_returncode()
    return done.stdout
