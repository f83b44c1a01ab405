"""A value read from a text, and a text with a value set."""

from __future__ import annotations

from providers.formats.dialect import Dialect
from providers.formats.document import Document
from providers.formats.parsed import Parsed


def value_in(dialect: Dialect, text: str, section: str, option: str) -> str | None:
    """Return the value in force, or None when the option is absent."""
    return Document(dialect, text).value(section, option)


def with_value(dialect: Dialect, text: str, section: str, option: str, value: str) -> str:
    """Return the text with the option in force set to the value."""
    document = Document(dialect, text)
    if document.value(section, option) != value:
        document.set(section, option, value)
    return document.text


def parsed(dialect: Dialect, text: str) -> Parsed:
    """Return all sections and options of the text."""
    return Document(dialect, text).parsed
