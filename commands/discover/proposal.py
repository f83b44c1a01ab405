"""Proposal: settings that are still being made, with what an operator has to know beside each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from providers.redaction import redacted, redacted_line

Where = tuple[str, ...]
PREFIX = "ceph-openstack:"
COLUMNS = 120
INDENT = "  "


class Proposal:
    """Settings, and notes that become comments.

    Attributes:
        settings: The settings as plain values, in the order in which they are written.
        notes: The path of a setting to what is said above it. A path of which only the beginning is set holds for that
            beginning, and the empty path for the whole file.
    """

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.notes: dict[Where, list[str]] = {}

    def set(self, value: Any, *where: str) -> None:
        """Set one setting; what is above it is made."""
        part = self.settings
        for name in where[:-1]:
            part = part.setdefault(name, {})
        part[where[-1]] = value

    def get(self, *where: str) -> Any:
        """Return a setting; None when it is not set."""
        part: Any = self.settings
        for name in where:
            part = part.get(name) if isinstance(part, dict) else None
        return part

    def add(self, item: str, *where: str) -> bool:
        """Put an item into a list of settings, and return whether it was not there yet."""
        items = self.get(*where) or []
        if item not in items:
            self.set([*items, item], *where)
        return item not in items

    def take_out(self, *where: str) -> None:
        """Take a setting out, with all notes on it."""
        above = self.get(*where[:-1])
        if isinstance(above, dict):
            above.pop(where[-1], None)
        self.notes = {there: said for there, said in self.notes.items() if there[: len(where)] != where}

    def note(self, text: str, *where: str) -> None:
        """Say something once above a setting."""
        said = self.notes.setdefault(where, [])
        if redacted_line(text) not in said:
            said.append(redacted_line(text))

    def text(self) -> str:
        """Return the settings file. Nothing in it looks like a key."""
        said = self._said()
        lines = [*_comments(said.get((), []), ""), "config:"]
        for name, value in self.settings.items():
            lines += _setting(f"{PREFIX}{name}", value, (name,), said, INDENT)
        return redacted("\n".join(lines) + "\n")

    def _said(self) -> dict[Where, list[str]]:
        """Return the notes by the path of a setting that is there."""
        said: dict[Where, list[str]] = {}
        for where, texts in self.notes.items():
            there = where
            while there and not self._is_there(there):
                there = there[:-1]
            said.setdefault(there, []).extend(texts)
        return said

    def _is_there(self, where: Where) -> bool:
        above = self.get(*where[:-1]) if where[:-1] else self.settings
        return where[-1] in above if isinstance(above, dict | list) else False


def _setting(name: str, value: Any, where: Where, said: dict[Where, list[str]], indent: str) -> Iterator[str]:
    yield from _comments(said.get(where, []), indent)
    inner = indent + INDENT
    if isinstance(value, dict) and value:
        yield f"{indent}{_plain(name)}:"
        for part, below in value.items():
            yield from _setting(part, below, (*where, part), said, inner)
    elif isinstance(value, list) and _needs_lines(value, where, said):
        yield f"{indent}{_plain(name)}:"
        for item in value:
            yield from _comments(said.get((*where, str(item)), []), inner)
            yield f"{inner}- {_plain(item)}"
    else:
        yield f"{indent}{_plain(name)}: {_plain(value)}"


def _needs_lines(items: list[Any], where: Where, said: dict[Where, list[str]]) -> bool:
    return len(str(items)) > COLUMNS / 2 or any((*where, str(item)) in said for item in items)


def _plain(value: Any) -> str:
    """Return a value on one line, as YAML."""
    dumped = yaml.safe_dump(value, default_flow_style=True, width=1 << 30, allow_unicode=True, sort_keys=False)
    return dumped.removesuffix("\n").removesuffix("\n...")


def _comments(texts: list[str], indent: str) -> Iterator[str]:
    for text in texts:
        line = ""
        for word in text.split():
            if line and len(f"{indent}# {line} {word}") > COLUMNS:
                yield f"{indent}# {line}"
                line = f"  {word}"
            else:
                line = f"{line} {word}" if line else word
        yield f"{indent}# {line}"
