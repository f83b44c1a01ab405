"""OptionLine: an option of a file as one text, `[section] option`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from components.settings.values import Line
from providers.formats.dialect import Dialect
from providers.formats.written import written

_FORM = re.compile(r"\[([^\[\]]+)\] ([^\s=].*)")


def _has_form(text: str) -> str:
    if not _FORM.fullmatch(text):
        raise ValueError('must name a section and an option, such as "[libvirt] disk_cachemodes"')
    return text


OptionLine = Annotated[
    Line,
    AfterValidator(_has_form),
    written(r"\[[^\[\]]+\] [^\s=].*", 'must name a section and an option, such as "[libvirt] disk_cachemodes"'),
]
"""An option of a file, such as `[libvirt] disk_cachemodes`."""


def option_line(section: str, option: str) -> str:
    """Return the text that names an option."""
    return f"[{section}] {option}"


def option_key(section: str, option: str, dialect: Dialect) -> tuple[str, str]:
    """Return section and option as the reader of the file compares them."""
    return dialect.section_key(section), dialect.option_key(option)


def option_keys(lines: Iterable[str], dialect: Dialect) -> set[tuple[str, str]]:
    """Return the key of each line."""
    return {option_key(match[1], match[2], dialect) for line in lines if (match := _FORM.fullmatch(line))}
