"""Rows of the services that restart, with what the restart is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commands.report.change import Change, mapping
from commands.report.in_files import FILES, edited
from commands.report.row import Row
from commands.report.section import DEFERRED, RESTARTS
from commands.report.value import Phrase, Value, joined, some, values
from providers.host.watched_file import NOT_RECORDED

NAMED_OPTIONS = 6
TYPE = "host:Service"
REPORTED = {
    "configuration": "it runs with something else than is on disk",
    "active": "it does not run",
}
"""Inputs in which a refresh reports what is not as it should be."""

Edited = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""Host and path to the options, by section and name, that this run changes in that file."""


def edited_options(changes: Sequence[Change]) -> Edited:
    """Return which options this run changes in which file of which host."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for change in changes:
        if change.type in FILES:
            there = found.setdefault((change.host, str(change.get("path"))), [])
            there += [(option.section, option.name) for option in edited(change)]
    return found


def restarting(change: Change, edits: Edited) -> Iterator[Row]:
    """Yield a row for a service that the run restarts, or would if the settings did not defer its restarts.

    A service has two resources, and the one of removals matters when it goes away only.
    """
    unit: Phrase = (Value.of(change.get("unit")),)
    on_removal = change.get("restart_on") == "removal"
    section = DEFERRED if change.new.get("restart") == "deferred" else RESTARTS
    if on_removal and change.op == "delete":
        paths = mapping(change.old.get("watch"))
        taken_out: Phrase = ("its options are taken out of ", *values(paths))
        yield Row(RESTARTS, (unit, taken_out), change.host)
    elif not on_removal and change.op == "create" and not change.takes_over:
        yield Row(section, (unit, ("it begins to read what this run writes",)), change.host)
    elif not on_removal and change.op in ("update", "replace"):
        why = reasons(change, edits)
        if why:
            yield Row(section, (unit, joined(why, "; ")), change.host)


def reasons(change: Change, edits: Edited) -> list[Phrase]:
    """Return what a restart is for; nothing for an update that restarts nothing."""
    old, new = mapping(change.old.get("watch")), mapping(change.new.get("watch"))
    found: list[Phrase] = []
    for path in sorted(old.keys() & new.keys()):
        found += _of_file(change, path, edits.get((change.host, path), ()))
    found += _other_files(old, new)
    found += [
        (words,) for name, words in REPORTED.items() if name in change.old and change.old[name] != change.new.get(name)
    ]
    if change.old.get("restart") == "deferred" and not change.new.get("restart"):
        found.append(("a restart that was deferred, if it is still owed",))
    if change.pending and not found:
        found.append(("taken over as it was in the last run, which left: ", *values(change.pending, "; ")))
    return found


def _other_files(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Phrase]:
    """Yield which files the service begins to read, and instead of which."""
    for kind in ("keyring", ""):
        begun, ended = (
            [path for path in sorted(one.keys() - other.keys()) if (_is_keyring(one[path])) == bool(kind)]
            for one, other in ((new, old), (old, new))
        )
        what = f"{kind} " if kind else ""
        instead: Phrase = (" instead of ", *values(ended)) if ended else ()
        if begun:
            yield (f"reads {what}", *values(begun), *instead)
        elif ended:
            yield (f"no longer reads {what}", *values(ended))


def _is_keyring(file: Any) -> bool:
    return mapping(file).get("dialect") == "keyring"


def _of_file(change: Change, path: str, edits: Sequence[tuple[str, str]]) -> Iterator[Phrase]:
    old, new = (mapping(mapping(side.get("watch")).get(path)) for side in (change.old, change.new))
    if _is_keyring(new):
        names = [name for name in ("entity", "owner", "group", "mode") if name in old and old[name] != new.get(name)]
        if names:
            yield ("keyring ", Value.of(path), f": {', '.join(names)}")
        return
    labels: list[Phrase] = [(Value.of(f"[{section}] {name}"),) for section, name in _differing(old, new, edits)]
    if change.pending and not labels:
        watched = _watched(new)
        labels = [(Value.of(f"[{section}] {name}"),) for section, name in edits if (section, name) in watched]
    if labels:
        yield (Value.of(path), " ", *some(labels, NAMED_OPTIONS))
    elif not _not_recorded(old) and any(old.get(name) != new.get(name) for name in ("later_files", "digest")):
        yield (Value.of(path),)


def _not_recorded(file: Mapping[str, Any]) -> bool:
    return NOT_RECORDED in _flat(file.get("options")).values()


def _differing(
    old: Mapping[str, Any], new: Mapping[str, Any], edits: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the watched options that differ.

    Where a side did not record values, what the run edits is asked. Options that are only no longer read count if
    there are no others.
    """
    found: dict[tuple[str, str], bool] = {}
    was, will = _watched(old), _watched(new)
    for key in {**was, **will}:
        before, after = was.get(key), will.get(key)
        known = NOT_RECORDED not in (before, after)
        if (before != after) if known or None in (before, after) else key in edits:
            found[key] = after is not None or key in edits
    return sorted(key for key, counts in found.items() if counts) or sorted(found)


def _watched(file: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Return values and items by section and name. A state of an earlier version has lists among the options."""
    return {**_flat(file.get("options")), **_flat(file.get("list_items"))}


def _flat(sections: Any) -> dict[tuple[str, str], Any]:
    return {
        (section, name): value
        for section, options in mapping(sections).items()
        for name, value in mapping(options).items()
    }
