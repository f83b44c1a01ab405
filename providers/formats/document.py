"""Document: a file of sections and options under edit. An edit touches the lines of one option and no other byte.

The lines are what `split` gives. A final newline is thus an empty last line, and so inserting lines and removing the
same lines are exact inverses, whether the file ends with a newline or not. A carriage return is part of its line.

How lines are read is a `Dialect`: `providers.formats.oslo_ini.OSLO` and `providers.formats.ceph_conf.CEPH_CONF`.
Bytes that are not UTF-8 survive when callers decode and encode with `errors="surrogateescape"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from providers.formats.dialect import Dialect
from providers.formats.parsed import BEFORE, Option, Parsed, Section


class Document:
    """One text under edit. Reading is cached between edits, so many look-ups cost one parse.

    Args:
        dialect: How the text is read.
        text: The file's text.
    """

    def __init__(self, dialect: Dialect, text: str) -> None:
        self.dialect = dialect
        self.lines = text.split("\n")

    @property
    def text(self) -> str:
        """The text as it is now."""
        return "\n".join(self.lines)

    @cached_property
    def parsed(self) -> Parsed:
        """What the reader finds in the text as it is now."""
        return self.dialect.parse(self.lines)

    @cached_property
    def _effective(self) -> dict[tuple[str, str], Option]:
        return {self.key(o.section.name, o.name): o for o in self.parsed.options}  # the last occurrence stays

    def key(self, section: str, option: str) -> tuple[str, str]:
        """Return what is the same for all spellings of one option."""
        return self.dialect.section_key(section), self.dialect.option_key(option)

    def find(self, section: str, option: str) -> Option | None:
        """Return the occurrence that is in force, that is the last one; None when there is none."""
        return self._effective.get(self.key(section, option))

    def value(self, section: str, option: str) -> str | None:
        """Return the value in force, or None when the option is absent."""
        found = self.find(section, option)
        return None if found is None else found.value

    def raw(self, section: str, option: str) -> list[str] | None:
        """Return the lines of the occurrence in force, byte for byte; None when there is none."""
        found = self.find(section, option)
        return None if found is None else self.lines[found.first : found.last + 1]

    def value_of(self, raw: Sequence[str] | None) -> str | None:
        """Return what the reader sees in the raw lines of one option."""
        if raw is None:
            return None
        return self.dialect.parse(["[x]", *raw, ""]).options[-1].value

    def set(self, section: str, option: str, value: str) -> bool:
        """Make a value the one in force: over the last occurrence, else after the section's last option.

        Returns:
            Whether there was no such section, so that one was appended.

        Raises:
            SyntaxProblem: The file would be one that its reader refuses.
        """
        line = self.dialect.render(option, value)
        found = self.find(section, option)
        if found is not None:
            end = "\r" if self.lines[found.last].endswith("\r") else ""
            self.put(section, option, [line + end])
            return False
        missing = self.home(section) is None
        if missing:
            self.add_section(section)
        home = self.home(section)
        assert home is not None, section  # noqa: S101 - it was just appended
        last = max((o.last for o in self.parsed.options if o.section is home), default=home.line)
        self._splice(last + 1, last + 1, [self._like(last, line)])
        if home.line == BEFORE:
            self.parsed  # noqa: B018 - the reader refuses a second option there
        return missing

    def put(self, section: str, option: str, raw: Sequence[str] | None) -> None:
        """Replace the lines of the occurrence in force by `raw`, or remove them (None)."""
        found = self.find(section, option)
        if found is None:
            raise KeyError((section, option))
        self._splice(found.first, found.last + 1, raw or ())

    def home(self, section: str) -> Section | None:
        """Return where a new option goes: the last section of this very name, else the last one read as the same."""
        key = self.dialect.section_key(section)
        same = [s for s in self.parsed.sections if self.dialect.section_key(s.name) == key]
        exact = [s for s in same if s.name == section]
        found = exact or same
        return found[-1] if found else None

    def add_section(self, section: str) -> None:
        """Append a header at the end of the file, always after a blank line of its own unless it is the first line.

        The blank line comes even after another one, because then the line before a header that we appended is ours
        without a record. There is none after a last line without a newline, where the dialect asks for a newline at the
        end: that the blank line is missing tells that the newline is ours, too.
        """
        header = self.dialect.header(section)
        if self.lines[-1] and self.dialect.ends_with_newline:
            self._splice(len(self.lines), len(self.lines), [header, ""])
            return
        at = len(self.lines) - 1 if self.lines[-1] == "" else len(self.lines)
        self._splice(at, at, [self._like(at - 1, line) for line in (["", header] if at else [header])])

    def drop_empty_section(self, section: str) -> None:
        """Remove the last header of this section that has nothing under it, and the blank line before it.

        Comments count as something.
        """
        key, headers = self.dialect.section_key(section), self.parsed.sections
        for at in range(len(headers) - 1, -1, -1):
            first = headers[at].line
            end = headers[at + 1].line if at + 1 < len(headers) else len(self.lines)
            nothing = not any(line.strip() for line in self.lines[first + 1 : end])
            if nothing and self.dialect.section_key(headers[at].name) == key:
                if first > 0 and not self.lines[first - 1].strip():
                    self._splice(first - 1, first + 1, ())
                else:
                    # Without a blank line before it, the header followed a last line that had no newline.
                    self._splice(first, first + 2 if self._follows_a_comment(first) else first + 1, ())
                return

    def _follows_a_comment(self, header: int) -> bool:
        """Return whether `add_section` may have put the header after a last line without a newline."""
        comment = header > 0 and self.lines[header - 1].lstrip(" \t")[:1] in ("#", ";")
        return comment and self.dialect.ends_with_newline

    def _like(self, neighbour: int, line: str) -> str:
        """Return the line with the line end of its neighbour (CRLF files)."""
        return line + "\r" if neighbour >= 0 and self.lines[neighbour].endswith("\r") else line

    def _splice(self, first: int, end: int, new: Sequence[str]) -> None:
        self.lines[first:end] = new
        self.__dict__.pop("parsed", None)
        self.__dict__.pop("_effective", None)
