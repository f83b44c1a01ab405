"""The values that settings are made of: names, paths, lines, each with what is refused."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from components.settings.releases import CODE_NAMES, RELEASES, release_named, unknown_release
from providers.formats.ceph_conf import check_ceph_spellings, check_ceph_value
from providers.formats.numbers import WholeNumber
from providers.formats.oslo_ini import check_oslo_value
from providers.formats.written import ONE_LINE, written

T = TypeVar("T")


def _one_line(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("must be one line without control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with a space")
    return text


def _option_value(value: object) -> object:
    """Return the text of a value that YAML reads as a boolean or a number, as the file will hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # every number of a JSON settings tree may arrive as a float
    return str(value) if isinstance(value, int | float) else value


def _known_release(text: str) -> str:
    """Return the release of a name; a code name becomes that of the year."""
    problem = unknown_release(text)
    if problem:
        raise ValueError(problem)
    return release_named(text) or text


def _or_none(value: object) -> object:
    return None if value == "none" else value


def _absolute(path: str) -> str:
    if not path.startswith("/") or "/../" in f"{path}/":
        raise ValueError("must be an absolute path")
    short = path.rstrip("/") or "/"
    if posixpath.normpath(short) != short:
        raise ValueError("must be in its shortest form, without `//`, `/./` and `/../`; write it so")
    return short


def _held_by(check: Callable[[T], None]) -> Callable[[T], T]:
    """Return the check of a value by the format of the file that will hold it."""

    def checked(value: T) -> T:
        check(value)
        return value

    return checked


_LINE = "must be one line without control characters, and without a space around it"
_ABSOLUTE = r"/(?!.*(?:^|/)\.{1,2}(?:/|$)|.*//)(?!/.)[^\u0000-\u001f\u007f]*"
Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line), written(ONE_LINE, _LINE)]
Path = Annotated[Line, AfterValidator(_absolute), written(_ABSOLUTE, "must be an absolute path in its shortest form")]
PathOrNone = Annotated[
    Path | None,
    BeforeValidator(_or_none),
    written(f"(none|{_ABSOLUTE})", "must be `none`, or an absolute path in its shortest form"),
]
"""A path, or the word `none`."""
_UNIT = r"[A-Za-z0-9:_.@-]+"


def _unit(text: str) -> str:
    if not re.fullmatch(_UNIT, text):
        raise ValueError("must be the name of a systemd unit")
    return text.removesuffix(".service")


def _log(text: str) -> str:
    return text if text == "journal" else _absolute(text)


Unit = Annotated[Line, AfterValidator(_unit), written(_UNIT, "must be the name of a systemd unit")]
"""The name of a systemd unit; a service's without `.service`."""
LogPlace = Annotated[
    Line,
    AfterValidator(_log),
    written(f"(journal|{_ABSOLUTE})", "must be `journal`, or an absolute path in its shortest form"),
]
"""A path, or the word `journal`."""
Release = Annotated[
    str,
    AfterValidator(_known_release),
    # Without quotes 2025.1 is a number to YAML, and Pulumi hands its text over.
    WithJsonSchema({"enum": [*RELEASES, *CODE_NAMES.values(), *map(float, CODE_NAMES)]}),
]
BackendName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
_NAME = written("[A-Za-z0-9]([A-Za-z0-9_ .-]*[A-Za-z0-9_.-])?", "must be the name of an option or a section")
OptionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_ .-]*$"), AfterValidator(_one_line), _NAME]
OptionValue = Annotated[
    str, BeforeValidator(_option_value), AfterValidator(_one_line), written(f"({ONE_LINE})?", _LINE, plain=True)
]
ClientOptions = Annotated[
    dict[OptionName, Annotated[OptionValue, AfterValidator(_held_by(check_ceph_value))]],
    AfterValidator(_held_by(check_ceph_spellings)),
]
"""Options of ceph.conf, each in a single spelling, because a blank and an underscore are the same to Ceph."""
ListPosition = Literal["first", "last"]
UsageName = Annotated[Line, Field(max_length=255)]
Port = Annotated[WholeNumber, Field(ge=1, le=65535)]
Sections = dict[OptionName, dict[OptionName, Annotated[OptionValue, AfterValidator(_held_by(check_oslo_value))]]]
"""Options of an OpenStack service's file, by section."""
