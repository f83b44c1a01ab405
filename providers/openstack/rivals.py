"""Two stacks that say of one service's file where data lies, each otherwise: they would overwrite each other in turn.

The journals of all stacks on the host tell. Other options may differ: there the stack that comes last wins, and the
value of the other is put back when it leaves (`formats/layers.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from providers.formats import layers
from providers.formats.document import Document
from providers.formats.record import Record
from providers.journal.host_journal import HostJournal


def rivals(
    where: str,
    stack: str,
    host: str,
    component: str,
    path: str,
    places: Mapping[str, Mapping[str, str]],
    document: Document,
    others: Mapping[str, Record],
) -> str:
    """Return which options another stack writes with another value, and what to do.

    Args:
        where: The host as messages name it.
        stack: The stack that is about to write.
        host: The host as the settings name it.
        component: Whose options they are.
        path: The file.
        places: Section -> option that says where data lies -> value that the stack is about to write.
        document: The file as it is.
        others: What all other owners have in the file, by the path of their journal's entry.

    Returns:
        One line without `then run again`; empty if there is no such option.
    """
    found: dict[str, list[str]] = {}
    for entry, record in others.items():
        other = HostJournal.stack_of(entry)
        for section, options in places.items() if other != stack else ():
            for option, value in options.items():
                theirs = layers.value_of(document, record, section, option)
                if theirs is not None and not document.dialect.means_same(option, value, theirs):
                    found.setdefault(other, []).append(f"[{section}] {option} = {theirs}")
    if not found:
        return ""
    said = " and ".join(f"stack {other} writes {', '.join(options)}" for other, options in found.items())
    gone = " and ".join(f"`python -m commands undo --stack {other} --host {host}`" for other in found)
    return (
        f"{where}: {path}: {said}, and two stacks would overwrite each other in turn: take {component} off {host} in"
        f" one of them first; if that stack is gone, {gone} takes back what it left"
    )
