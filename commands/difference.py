"""Difference: one field, option or list item that is another than the settings want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.formats import lists
from providers.redaction import NOT_SHOWN, is_closed, redacted_line

OF_FILES = ("sections", "list_items", "list_items_if_absent")
"""Fields that are `{section: {option: value}}`."""

LISTS = ("list_items", "list_items_if_absent")
"""Fields whose values are the items of a list."""


@dataclass(frozen=True)
class Difference:
    """What is wanted, and what was found in its place.

    Attributes:
        name: The field of the model, with its part: `mode`, `caps osd`, `[rbd] rbd_store_pool`.
        wanted: The value; of a list, the one item that the list lacks.
        found: The value that is there; None when there is none.
        is_item: Whether it is about an item of a list.
    """

    name: str
    wanted: Any = field(repr=False)
    found: Any = field(repr=False)
    is_item: bool = False

    @property
    def shown(self) -> tuple[str | None, str | None]:
        """What is wanted and what was found, as text that may be printed; None for what is absent."""
        return self._text(self.wanted), self._text(self.found)

    def _text(self, value: Any) -> str | None:
        if value is None:
            return None
        return NOT_SHOWN if is_closed(self.name) else redacted_line(str(value))

    def __str__(self) -> str:
        wanted, found = self.shown
        if self.name in _SAID and self.found in _SAID[self.name]:
            return _SAID[self.name][self.found]
        if self.is_item:
            return f"{self.name} lacks {wanted}"
        equals = " = " if self.name.startswith("[") else " "
        if found is None:
            return f"{self.name} is absent instead of {wanted}"
        if wanted is None:
            return f"{self.name}{equals}{found} instead of none"
        return f"{self.name}{equals}{found} instead of {wanted}"


_SAID: dict[str, dict[Any, str]] = {
    "present": {False: "is not there"},
    "active": {False: "does not run"},
    "configuration": {
        "stale": "was started with other files than are there now, or may have been; a restart settles it"
    },
    "key_state": {
        "missing": "has no key",
        "stale": "does not hold the key that the cluster has",
        "unreadable": "cannot be read as what it should be, or is another's",
    },
}
"""What a field that a kind reports says, in words."""


def differences(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, in the order of the fields.

    Args:
        wanted: The fields of the model.
        actual: The actual values of some of them, as `Kind.actual` gives them.
    """
    return [found for name, value in actual.items() for found in _of_field(name, wanted.get(name), value)]


def _of_field(name: str, wanted: Any, actual: Any) -> Iterator[Difference]:
    if name in OF_FILES:
        for section in {**(wanted or {}), **actual}:
            options, found = (wanted or {}).get(section, {}), actual.get(section, {})
            for option in {**options, **found}:
                of_part = _of_list if name in LISTS else _of_part
                yield from of_part(f"[{section}] {option}", options.get(option), found.get(option))
    elif isinstance(actual, dict):
        for part in {**(wanted or {}), **actual}:
            if (wanted or {}).get(part) is True and part not in actual:  # a name that is the key of a map
                yield Difference(name, part, None, is_item=True)
            else:
                yield from _of_part(f"{name} {part}", (wanted or {}).get(part), actual.get(part))
    else:
        yield from _of_part(name, wanted, actual)


def _of_part(name: str, wanted: Any, found: Any) -> Iterator[Difference]:
    if wanted != found:
        yield Difference(name, wanted, found)


def _of_list(name: str, wanted: str | None, found: str | None) -> Iterator[Difference]:
    there = lists.items(found)
    yield from (Difference(name, item, None, is_item=True) for item in lists.items(wanted) if item not in there)
