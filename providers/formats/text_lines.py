"""Lines of a text that have an owner: written at the end where they are missing, and taken out again to the byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def with_lines(text: str, lines: Sequence[str]) -> tuple[str, bool]:
    """Return the text with those of the lines that it does not have, and whether its last line had no end before."""
    there = text.split("\n")
    missing = [line for line in lines if line not in there]
    unended = bool(missing) and bool(text) and not text.endswith("\n")
    return text + ("\n" if unended else "") + "".join(f"{line}\n" for line in missing), unended


def without_lines(text: str, lines: Iterable[str], unended: bool) -> str:
    """Return the text without the last of each of the lines.

    Args:
        text: The text.
        lines: What goes, as far as it is there.
        unended: Whether the text's last line had no end before `with_lines`. That end goes, too, unless somebody wrote
            further lines after ours.
    """
    gone, kept = set(lines), text.split("\n")
    ours_are_last = len(kept) > 1 and kept[-1] == "" and kept[-2] in gone
    for line in gone:
        if line in kept:
            del kept[len(kept) - 1 - kept[::-1].index(line)]
    left = "\n".join(kept)
    return left.removesuffix("\n") if unended and ours_are_last else left
