"""DeclaredOptions: the options that the programs of a file declare themselves, by release.

`components/services/declared/` has a table for each file, such as cinder.conf.txt. `python -m tools.declared` makes the
tables from the declarations of each release (`list_opts`, as PyPI has the release; tools/declared has the details).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from textwrap import wrap

from components.settings.releases import RELEASES

FOLDER = Path(__file__).parent / "declared"
LIBRARIES = "libraries"
"""The table of libraries: what they declare in a section of every service, whatever the release."""
LOGIN = "<login>"
"""The section of that table with the options by which a service logs in to Keystone."""

Place = tuple[str, str]
"""Section and option. `<backend>` stands for each section that is named after a back end or store."""
_LINE = re.compile(r"(?P<read>\S+)(?: deprecated (?P<deprecated>\S+))?: (?P<names>.+)")


@dataclass(frozen=True)
class DeclaredOption:
    """What releases declare of one option.

    Attributes:
        read_by: the releases that read the option.
        deprecated_in: those of them that call the option deprecated.
        now: where the option has its value by now, when it is an old name of another option; else None.
    """

    read_by: frozenset[str]
    deprecated_in: frozenset[str] = frozenset()
    now: Place | None = None


@dataclass(frozen=True)
class DeclaredOptions:
    """The table of one file.

    Attributes:
        options: section and name to what releases declare. A name has underscores only.
    """

    options: Mapping[Place, DeclaredOption] = field(default_factory=dict)

    def find(self, section: str, name: str) -> DeclaredOption | None:
        """Return what is declared of an option; None for an option that no release declares."""
        return self.options.get((section, name.replace("-", "_")))

    def names(self, section: str, release: str) -> list[str]:
        """Return the options of a section that a release reads and does not call deprecated."""
        return [
            name
            for (there, name), option in self.options.items()
            if there == section and release in option.read_by - option.deprecated_in
        ]

    def sections(self) -> frozenset[str]:
        """Return the sections of which the table has options."""
        return frozenset(section for section, _ in self.options)


@cache
def declared_options(file: str) -> DeclaredOptions:
    """Return the table of a file, such as `cinder.conf`."""
    return DeclaredOptions(dict(_parsed((FOLDER / f"{file}.txt").read_text().splitlines())))


def _parsed(lines: Iterable[str]) -> Iterator[tuple[Place, DeclaredOption]]:
    """Yield the options of a table, which `table_text` has made."""
    section = ""
    for line in "\n".join(lines).replace("\n    ", " ").splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"not a line of a table of options: {line}")
            for word in match["names"].split():
                name, _, now = word.partition("=")
                there, _, new_name = now.rpartition(".")
                yield (
                    (section, name),
                    DeclaredOption(
                        releases_in(match["read"]),
                        releases_in(match["deprecated"] or ""),
                        (there, new_name) if now else None,
                    ),
                )


def table_text(options: Mapping[Place, DeclaredOption]) -> str:
    """Return the lines of a table: for each section, and for each span of releases, the options declared in them."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for (section, name), option in sorted(options.items()):
        now = f"={option.now[0]}.{option.now[1]}" if option.now else ""
        key = (section, spans_of(option.read_by), spans_of(option.deprecated_in))
        alike.setdefault(key, []).append(f"{name}{now}")
    lines, last = list[str](), ""
    for (section, read, deprecated), names in sorted(alike.items()):
        if section != last:
            lines += ["", f"[{section}]"]
            last = section
        line = f"{read}{f' deprecated {deprecated}' if deprecated else ''}: {' '.join(names)}"
        lines += wrap(line, 120, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines[1:]) + "\n"


def spans_of(releases: Iterable[str]) -> str:
    """Return releases as spans with commas: `juno-queens`, or `juno-` up to the newest release."""
    indexes = sorted(RELEASES.index(release) for release in releases)
    spans: list[list[int]] = []
    for index in indexes:
        if spans and spans[-1][1] == index - 1:
            spans[-1][1] = index
        else:
            spans.append([index, index])
    newest = len(RELEASES) - 1
    return ",".join(f"{RELEASES[first]}-{'' if last == newest else RELEASES[last]}" for first, last in spans)


def releases_in(spans: str) -> frozenset[str]:
    """Return the releases of `spans_of`'s text."""
    found: set[str] = set()
    for span in spans.split(",") if spans else ():
        first, _, last = span.partition("-")
        found.update(RELEASES[RELEASES.index(first) : RELEASES.index(last or RELEASES[-1]) + 1])
    return frozenset(found)
