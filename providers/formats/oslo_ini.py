"""INI files as oslo.config reads them: pure text in, pure text out.

Grammar (oslo.config 9 and 10, ``iniparser.py`` and ``cfg.ConfigParser``):

- a line that begins with a space or tab continues the option above it, even if it looks like a comment;
- a blank line or a comment (``#`` or ``;`` in the first column only) ends an option; there are no inline comments;
- the first ``=`` or ``:`` separates; one pair of equal outer quotes is taken off the first line;
- a repeated option counts with its last value; repeated sections are one; option names are case-sensitive;
- section names are compared in lower case, except ``DEFAULT``, which only ``[DEFAULT]`` names.

``$name`` in a value is replaced by oslo.config when the *service* reads it; here it is plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from providers.formats.parsed import Option, Parsed, Section, SyntaxProblem

_TRUE, _FALSE = ("true", "1", "on", "yes"), ("false", "0", "off", "no")
"""The words that oslo.config's BoolOpt reads, in upper and lower case alike (oslo_config/types.py)."""

_TEXT = ("nas_secure_file_operations", "nas_secure_file_permissions")
"""Options that are `true`, `false` or `auto` as text (cinder/volume/drivers/remotefs.py compares them with ==)."""


class IniSyntaxError(SyntaxProblem):
    """A file that oslo.config refuses: no service that reads it can start."""


class OsloDialect:
    """See the module's grammar."""

    name = "oslo.config INI"
    has_lists = True
    ends_with_newline = False

    def parse(self, lines: Sequence[str]) -> Parsed:
        """Read all lines.

        Raises:
            IniSyntaxError: oslo.config refuses the file.
        """
        return _Reader().read(lines)

    def section_key(self, section: str) -> str:
        """Return the name in lower case, except for `DEFAULT`."""
        return section if section == "DEFAULT" else section.lower()

    def option_key(self, option: str) -> str:
        """Return the name itself: option names are exact."""
        return option

    def means_same(self, option: str, wanted: str, found: str) -> bool:
        """Return whether both are one text, or one boolean in two words where `true` or `false` is wanted.

        Other words and numbers are compared as text, because an option that is wanted as `1` or `0640` may be text.
        """
        if wanted == found:
            return True
        if wanted.lower() not in ("true", "false") or option in _TEXT:
            return False
        return any(wanted.lower() in words and found.lower() in words for words in (_TRUE, _FALSE))

    def render(self, option: str, value: str) -> str:
        """Return the line `option = value`.

        Raises:
            ValueError: oslo.config would read the line back differently.
        """
        check_oslo_option(option)
        check_oslo_value(value)
        return f"{option} = {value}" if value else f"{option} ="

    def header(self, section: str) -> str:
        """Return the line `[section]`.

        Raises:
            ValueError: This is no section's name.
        """
        check_oslo_section(section)
        return f"[{section}]"


OSLO = OsloDialect()


def check_oslo_value(value: str) -> None:
    """Raise ValueError when oslo.config would read a value back differently."""
    if "\n" in value or "\r" in value:
        _refuse("the value", "holds a line break; write it on one line")
    if value != value.strip():
        _refuse("the value", "begins or ends with blanks, which oslo.config takes off; remove them")
    if value and value[0] == value[-1] and value[0] in "\"'":
        _refuse("the value", "is in quotes, which oslo.config takes off; remove them")
    _check_encodable("the value", value)


def check_oslo_option(option: str) -> None:
    """Raise ValueError when a name cannot be an option's."""
    if not option or option != option.strip() or option[0] in "#;[" or any(c in option for c in ":=\r\n"):
        _refuse(f"option {option!r}", "is no option name; use the name from the service's documentation")
    _check_encodable(f"option {option!r}", option)


def check_oslo_section(section: str) -> None:
    """Raise ValueError when a name cannot be a section's."""
    if not section or section != section.strip() or "\n" in section or "\r" in section:
        _refuse(
            f"section {section!r}",
            "is no section name; write it without brackets, blanks around it and line breaks",
        )
    _check_encodable(f"section {section!r}", section)


def _check_encodable(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse(what, "is not valid Unicode; remove the broken character")


def _refuse(what: str, why: str) -> NoReturn:
    raise ValueError(f"{what} {why}")  # never the value itself: it may be a password


class _Reader:
    """One pass over the lines, as oslo.config's BaseParser and ConfigParser make it."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.options: list[Option] = []
        self.open: tuple[str, int] | None = None  # name and first line of the option that is being read
        self.values: list[str] = []

    def read(self, lines: Sequence[str]) -> Parsed:
        for index, raw in enumerate(lines):
            line = raw.rstrip()
            if "\r" in line or "\r" in raw[len(line) : -1]:
                raise IniSyntaxError(
                    index + 1, "a carriage return inside the line, which oslo.config reads as a line end"
                )
            if not line:
                self.close(index)
            elif line[0] in " \t":
                if self.open is None:
                    raise IniSyntaxError(index + 1, "begins with a blank but continues no option")
                self.values.append(line.lstrip())
            else:
                self.close(index)
                if line[0] == "[":
                    self.sections.append(Section(_section_name(line, index), index))
                elif line[0] not in "#;":
                    self.start(line, index)
        self.close(len(lines))
        return Parsed(tuple(self.sections), tuple(self.options))

    def start(self, line: str, index: int) -> None:
        cut = min((at for at in (line.find(":"), line.find("=")) if at >= 0), default=-1)
        if cut < 0:
            raise IniSyntaxError(index + 1, "neither section, comment nor option: no '=' or ':'")
        name, value = line[:cut].strip(), line[cut + 1 :].strip()
        if not name:
            raise IniSyntaxError(index + 1, "no option name before the separator")
        if not self.sections:
            raise IniSyntaxError(index + 1, "an option before the first section")
        if value and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        self.open, self.values = (name, index), [value]

    def close(self, index: int) -> None:
        """The option being read ended on the line before ``index``."""
        if self.open is not None:
            name, first = self.open
            self.options.append(Option(self.sections[-1], name, "\n".join(self.values), first, index - 1))
            self.open = None


def _section_name(line: str, index: int) -> str:
    if not line.endswith("]"):
        raise IniSyntaxError(index + 1, "a section header that does not end with ']'")
    if len(line) <= 2:
        raise IniSyntaxError(index + 1, "a section header without a name")
    return line[1:-1]
