"""Lists in one option, separated by commas: add or take out one item and leave the others as they are spelt.

oslo.config's ListOpt and DictOpt (`enabled_backends`, `stores`): items are split at commas and stripped; a comma at
the end counts for nothing. A list may go on over continuation lines. An item with a colon is one of a DictOpt, an id
and what it stands for: blanks around the colon count for nothing, and the same id twice is an error, which ends the
service that reads the list.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from providers.formats.document import Document


def items(value: str | None) -> list[str]:
    """Return the items of a list value, without blanks around them and without empty ones."""
    return [item.strip() for item in (value or "").split(",") if item.strip()]


def _given(value: Any) -> Any:
    return items(value) if isinstance(value, str) else value


Items = Annotated[list[str], BeforeValidator(_given), PlainSerializer(",".join, return_type=str)]
"""Items as an input of a resource. The engine sees one text, as in the file, because it compares lists by index."""


def has(value: str | None, item: str) -> bool:
    """Return whether the item is in a list value, however it is spelt there."""
    return any(_plain(one) == _plain(item) for one in items(value))


def rival(value: str | None, item: str) -> str | None:
    """Return the item that has the same id and stands for something else, or None."""
    name, colon, _ = _plain(item).partition(":")
    others = [one for one in items(value) if colon and _plain(one) != _plain(item)]
    return next((one for one in others if _plain(one).partition(":")[:2] == (name, colon)), None)


def check_item(item: str) -> None:
    """Raise ValueError when `item` cannot be one item of a list."""
    if not item or item != item.strip() or any(c in item for c in ",\r\n"):
        raise ValueError(f"item {item!r} is no list item; give one item, without commas and blanks around it")


def add_item(document: Document, section: str, option: str, item: str, *, first: bool = False) -> bool:
    """Put `item` at the end of the list, or at its front; the list is empty where the option is absent.

    Nothing is changed when the item is in the list.

    Returns:
        What `Document.set` returns.
    """
    check_item(item)
    value = document.value(section, option)
    if value is None:
        return document.set(section, option, item)
    if not has(value, item):
        pieces = _pieces(document, section, option)
        _rewrite(document, section, option, _with_first(pieces, item) if first else _with_item(pieces, item))
    return False


def remove_item(document: Document, section: str, option: str, item: str) -> None:
    """Take `item` out of the list. The last one gone leaves the option with an empty list."""
    if has(document.value(section, option), item):
        pieces = _pieces(document, section, option)
        while _plain(item) in (spelt := [_plain(piece) for piece in pieces]):
            at = spelt.index(_plain(item))
            gone = pieces.pop(at)
            if at == 0 and pieces:
                pieces[0] = gone[: len(gone) - len(gone.lstrip())] + pieces[0].lstrip()
        _rewrite(document, section, option, pieces)


def _plain(item: str) -> str:
    name, colon, value = item.strip().partition(":")
    return f"{name.strip()}{colon}{value.strip()}"


def _pieces(document: Document, section: str, option: str) -> list[str]:
    """Return the list as it is spelt, blanks and line breaks included, cut at the commas."""
    found, raw = document.find(section, option), document.raw(section, option)
    assert found is not None  # noqa: S101 - both callers have seen its value
    assert raw is not None  # noqa: S101
    spelt = _spelt("\n".join(raw))
    if "".join(spelt.split()) != "".join(found.value.split()):  # outer quotes
        spelt = " " + found.value.replace("\n", "\n ")
    return spelt.rstrip().split(",")


def _spelt(raw: str) -> str:
    cut = min(at for at in (raw.find(":"), raw.find("=")) if at >= 0)
    return raw[cut + 1 :]


def _with_item(pieces: list[str], item: str) -> list[str]:
    if not pieces[-1].strip():  # an empty list, or a comma at the end
        return [*pieces[:-1], (pieces[-1] or " ") + item if len(pieces) == 1 else item]
    spaced = len(pieces) > 1 and pieces[-1].startswith(" ")
    return [*pieces, " " + item if spaced else item]


def _with_first(pieces: list[str], item: str) -> list[str]:
    if not "".join(pieces).strip():
        return _with_item(pieces, item)
    old = pieces[0]
    lead = old[: len(old) - len(old.lstrip())]
    spaced = len(pieces) > 1 and pieces[1].startswith(" ")
    # A list that begins on a line of its own has an item a line.
    kept = old if "\n" in lead else " " * spaced + old.lstrip()
    return [lead + item, kept, *pieces[1:]]


def _rewrite(document: Document, section: str, option: str, pieces: list[str]) -> None:
    raw = document.raw(section, option) or []
    text = "\n".join(raw)
    head = text[: len(text) - len(_spelt(text))]
    end = "\r" if raw[-1].endswith("\r") else ""
    document.put(section, option, (head + ",".join(pieces).rstrip() + end).split("\n"))
