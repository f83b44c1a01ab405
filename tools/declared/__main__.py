"""Makes the tables of `components/services/declared/` from the releases' own declarations of options.

    python -m tools.declared [--release RELEASE]... [--history FOLDER] [--check]

A release that PyPI has is unpacked, and its own `list_opts` run with libraries of its time (`versions.py`).
The releases before Ocata, and Glance of Ocata and Queens, are not on PyPI: they are read only with --history, a folder
with a clone of each project (nova, cinder, glance, glance_store); up to Newton their sources are parsed, because their
libraries are not to be had any more. Without --history the tables keep what they say of these releases.

Python 2.7, 3.6, 3.9, 3.11 and 3.12 have to be on PATH, or in ~/.pyenv. What was fetched and read is kept in
.state/declared. With --check nothing is written, and the exit status is 1 when a table would change.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from components.services.declared_options import (
    FOLDER,
    LIBRARIES,
    DeclaredOption,
    DeclaredOptions,
    Place,
    declared_options,
    table_text,
)
from components.settings.releases import RELEASES, is_before
from tools.declared.fetching import Fetching
from tools.declared.reading import BACKEND, Declaration, declarations, libraries

_SECTIONS = {
    "nova.conf": ("DEFAULT", "libvirt", "glance", "workarounds"),
    "cinder.conf": ("DEFAULT", "backend_defaults", "glance", "nova", BACKEND),
    "glance-api.conf": ("DEFAULT", "glance_store", "paste_deploy", "backend_defaults", "file_before_ceph", BACKEND),
}
"""The sections of each file that settings may speak of (`option_sections` of the services)."""
_HEAD = "# Options by the releases that declare them. Made by `python -m tools.declared`; do not edit.\n"


def main() -> int:
    """Make the tables, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.declared", description="make the tables of options")
    parser.add_argument("--release", action="append", choices=RELEASES, help="only these releases (default: all)")
    parser.add_argument("--history", type=Path, help="folder with clones of nova, cinder, glance and glance_store")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when a table would change")
    arguments = parser.parse_args()
    fetching = Fetching(Path(".state/declared"), arguments.history)
    releases = arguments.release or list(RELEASES)
    made = {file: _table(fetching, file, releases) for file in _SECTIONS}
    if not arguments.release:
        made[LIBRARIES] = {place: DeclaredOption(frozenset(RELEASES)) for place in libraries(fetching)}
    changed = [path for file, options in made.items() if (path := _written(file, options, check=arguments.check))]
    for path in changed:
        print(f"{path}: {'would change' if arguments.check else 'written'}")
    return 1 if arguments.check and changed else 0


def _written(file: str, options: Mapping[Place, DeclaredOption], *, check: bool) -> Path | None:
    """Write a table that has changed, unless it is only checked, and return its path; None when nothing changed."""
    path, text = FOLDER / f"{file}.txt", _HEAD + table_text(options)
    if path.exists() and path.read_text() == text:
        return None
    if not check:
        path.write_text(text)
    return path


def _table(fetching: Fetching, file: str, releases: Sequence[str]) -> dict[Place, DeclaredOption]:
    """Return the table of a file, with what these releases declare in place of what it said of them."""
    path = FOLDER / f"{file}.txt"
    known = declared_options(file) if path.exists() else DeclaredOptions()
    read = {release: found for release in releases if (found := declarations(fetching, file, release)) is not None}
    table = {place: _without(option, frozenset(read)) for place, option in known.options.items()}
    for release in sorted(read, key=RELEASES.index):
        for place, option in _placed(read[release], release).items():
            if place[0] in _SECTIONS[file]:
                table[place] = _joined(table.get(place), option)
    return {place: option for place, option in table.items() if option.read_by}


def _without(option: DeclaredOption, releases: frozenset[str]) -> DeclaredOption:
    return replace(option, read_by=option.read_by - releases, deprecated_in=option.deprecated_in - releases)


def _joined(one: DeclaredOption | None, other: DeclaredOption) -> DeclaredOption:
    """Return both together. Where the value is by now, the newest release says that reads it."""
    if one is None or not one.read_by:
        return other
    newest = max(one.read_by, key=RELEASES.index)
    now = one.now if all(is_before(release, newest) for release in other.read_by) else other.now
    return DeclaredOption(one.read_by | other.read_by, one.deprecated_in | other.deprecated_in, now)


def _placed(declarations: Sequence[Declaration], release: str) -> dict[Place, DeclaredOption]:
    """Return what one release declares: its options, and the old names that it still reads."""
    here = frozenset({release})
    found = {
        (one.section, one.name): DeclaredOption(here, here if one.deprecated else frozenset()) for one in declarations
    }
    old = {place: DeclaredOption(here, here, (one.section, one.name)) for one in declarations for place in one.old}
    return {**old, **found}


if __name__ == "__main__":
    sys.exit(main())
