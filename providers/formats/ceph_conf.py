r"""ceph.conf as Ceph reads it (since 15, ``src/common/ConfUtils.cc``): pure text in, pure text out.

Grammar, as ceph-conf 16.2 confirms it in the tests:

- options and comments may be indented, section headers may not;
- a comment (``#`` or ``;``) may follow a header or a value;
- ``=`` separates; blanks inside an option's name count as one underscore, so ``rbd  cache`` is ``rbd_cache``; dashes do
  not;
- a backslash at the end of a line continues it, elsewhere it takes the meaning from the next character (``\#``);
- a value wholly in quotes loses them, and nothing but a comment may follow;
- a repeated option counts with its last value; repeated sections are one; section names are exact;
- beyond ASCII only in comments and quotes: elsewhere 16.2 aborts;
- a last line without a newline is refused, unless it is a comment;
- an option before any section is one of ``[global]``, if it is on the first line and nothing but comments follows.

``$cluster`` and the like are replaced by Ceph when it uses a value; here they are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from providers.formats.parsed import BEFORE, Option, Parsed, Section, SyntaxProblem

_SPACE = " \t\n\v\f\r"  # isspace() in the C locale
_LONE = (
    "an option before the first section, which Ceph reads only while there is no other line: write [global] above it"
)
_HEADER = re.compile(r"\[((?:[^\]\\#;]|\\.)+)\][ \t]*(?:[#;].*)?")
_NAME = re.compile(r"[ \t]*([^=\[\]#;\\ \t][^=\[#;\\]*)=[ \t]*")


class CephConfSyntaxError(SyntaxProblem):
    """A file that Ceph refuses as a whole: no client on the host can connect."""


class CephConfDialect:
    """See the module's grammar."""

    name = "ceph.conf"
    has_lists = False
    ends_with_newline = True

    def parse(self, lines: Sequence[str]) -> Parsed:
        """Read all lines.

        Raises:
            CephConfSyntaxError: Ceph refuses the file.
        """
        return _Reader(lines).read()

    def section_key(self, section: str) -> str:
        """Return the name itself: section names are exact."""
        return section

    def option_key(self, option: str) -> str:
        """Return the one normal form of a name: `rbd_cache` for `rbd  cache`."""
        return re.sub(r"[ \t\n\v\f\r]+", "_", option.strip(_SPACE))

    def means_same(self, option: str, wanted: str, found: str) -> bool:
        """Return whether both are one text."""
        return wanted == found

    def render(self, option: str, value: str) -> str:
        """Return the line `option = value`.

        Raises:
            ValueError: Ceph would read the line back differently.
        """
        check_ceph_option(option)
        check_ceph_value(value)
        return f"{option} = {value}" if value else f"{option} ="

    def header(self, section: str) -> str:
        """Return the line `[section]`.

        Raises:
            ValueError: This is no section's name.
        """
        check_ceph_section(section)
        return f"[{section}]"


CEPH_CONF = CephConfDialect()


def check_ceph_value(value: str) -> None:
    """Raise ValueError when Ceph would read a value back differently."""
    if "\n" in value or "\r" in value:
        _refuse("the value", "holds a line break; write it on one line")
    if value != value.strip(_SPACE):
        _refuse("the value", "begins or ends with blanks, which Ceph takes off; remove them")
    if any(c in value for c in "#;\\"):
        _refuse(
            "the value",
            "holds '#', ';' or '\\', which have a meaning of their own in ceph.conf; use another value",
        )
    if value[:1] in ("'", '"'):
        _refuse("the value", "begins with a quote, which Ceph takes off; remove it")
    _check_ascii("the value", value)


def check_ceph_option(option: str) -> None:
    """Raise ValueError when a name cannot be an option's."""
    if option != option.strip(_SPACE):
        _refuse(f"option {option!r}", "begins or ends with a blank; remove it")
    if not option or any(c in option for c in "=[]#;\\\r\n"):
        _refuse(f"option {option!r}", "is no option name; use the name from Ceph's documentation")
    _check_ascii(f"option {option!r}", option)


def check_ceph_spellings(options: Iterable[str]) -> None:
    """Check that no two names are one option to Ceph, which takes the last one in silence.

    Raises:
        ValueError: Two are; the text names both.
    """
    seen: dict[str, str] = {}
    for option in options:
        other = seen.setdefault(CEPH_CONF.option_key(option), option)
        if other != option:
            _refuse(f'"{other}" and "{option}"', "are one option to Ceph; keep one of them")


def check_ceph_section(section: str) -> None:
    """Raise ValueError when a name cannot be a section's."""
    if not section or section != section.strip(_SPACE) or any(c in section for c in "[]#;\\\r\n"):
        _refuse(f"section {section!r}", "is no section name; write for example client.glance, without brackets")
    _check_ascii(f"section {section!r}", section)


def _check_ascii(what: str, text: str) -> None:
    if not text.isascii():
        _refuse(what, "holds a character beyond ASCII, on which Ceph aborts; use another")


def _refuse(what: str, why: str) -> NoReturn:
    raise ValueError(f"{what} {why}")  # never the value itself: it may be a key


class _Reader:
    """One pass over the lines; `at` is the line being read."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.at = 0

    def read(self) -> Parsed:
        sections: list[Section] = []
        options: list[Option] = []
        end = len(self.lines) - 1
        if self.lines[end] and not self.is_comment(self.lines[end]):
            raise CephConfSyntaxError(end + 1, "the last line does not end with a newline")
        while self.at < end:
            first, line = self.at, self.line()
            if line.lstrip(" \t")[:1] not in ("", "#", ";"):
                if sections and sections[0].line == BEFORE:
                    raise CephConfSyntaxError(1, _LONE)
                if line[0] == "[":
                    sections.append(Section(self.header(line), first))
                else:
                    name, value = self.option(line)
                    if not sections:
                        sections.append(self.lone(first))
                    options.append(Option(sections[-1], name, value.strip(_SPACE), first, self.at))
            elif not sections and line and not line.strip(" \t"):
                self.fail("blanks on an empty line before the first section")
            self.at += 1
        return Parsed(tuple(sections), tuple(options))

    @staticmethod
    def is_comment(line: str) -> bool:
        return line.lstrip(" \t")[:1] in ("#", ";")

    @staticmethod
    def lone(line: int) -> Section:
        """The section of an option that has none."""
        if line:
            raise CephConfSyntaxError(line + 1, _LONE)
        return Section("global", BEFORE)

    def line(self) -> str:
        """The present line without its line end."""
        line = self.lines[self.at].removesuffix("\r")
        if "\r" in line:
            self.fail("a carriage return inside the line, which Ceph reads as a line end")
        if not line.isascii() and any("\udc80" <= c <= "\udcff" for c in line):
            self.fail("bytes that are not UTF-8")
        return line

    def header(self, line: str) -> str:
        match = _HEADER.fullmatch(line)
        if match is None:
            self.fail("a section header that is not '[name]'")
        self.ascii(match[1])
        return re.sub(r"\\(.)", r"\1", match[1])

    def option(self, line: str) -> tuple[str, str]:
        match = _NAME.match(line)
        if match is None:
            self.fail("neither section, comment nor option: no 'name =' at its beginning")
        self.ascii(match[1])
        rest = line[match.end() :]
        while rest == "\\":
            rest = self.next_line()
        value = self.quoted(rest) if rest[:1] in ("'", '"') else self.unquoted(rest)
        return match[1].rstrip(" \t"), value

    def quoted(self, rest: str) -> str:
        quote = rest[0]
        match = re.match(rf"{quote}((?:\\.|[^\\#;{quote}])*){quote}(.*)", rest)
        if match is None:
            self.fail("a quoted value that does not end, or holds '#' or ';' without a backslash")
        if self.unquoted(match[2]).strip(" \t"):
            self.fail("something other than a comment after a quoted value")
        return re.sub(r"\\(.)", r"\1", match[1])

    def unquoted(self, rest: str) -> str:
        value = ""
        while True:
            kept = re.match(r"(?:\\.|[^\\#;])*", rest)
            assert kept is not None  # noqa: S101 - it matches the empty string
            self.ascii(kept[0])
            value += re.sub(r"\\(.)", r"\1", kept[0])
            if rest[kept.end() :] != "\\":  # a comment or the end
                return value
            rest = self.next_line()

    def next_line(self) -> str:
        """Go on to the line that continues this one."""
        if self.at + 2 >= len(self.lines):
            self.fail("a backslash on the last line")
        self.at += 1
        return self.line()

    def ascii(self, text: str) -> None:
        if not text.isascii():
            self.fail("a character beyond ASCII outside comments and quotes, on which Ceph aborts")

    def fail(self, reason: str) -> NoReturn:
        raise CephConfSyntaxError(self.at + 1, reason)
