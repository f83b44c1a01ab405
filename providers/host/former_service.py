"""Inputs of a service as earlier versions sent them: a list of files, and a digest of each file's values beside it."""

from __future__ import annotations

from typing import Any

from providers.formats.keyed import as_keys
from providers.host.watched_file import NOT_RECORDED, digest_of


def service_inputs(inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs in the present shape; see `Kind.upgraded`.

    An earlier version kept no values. A file whose values have the digest that was kept is as in `beside`.
    """
    watch, ready, reads = inputs.get("watch"), inputs.get("ready"), inputs.get("reads")
    upgraded = {name: value for name, value in inputs.items() if name != "reads"}
    if isinstance(watch, list):
        kept = set(reads.values()) if isinstance(reads, dict) else set()
        upgraded["watch"] = _watch([file for file in watch if isinstance(file, dict)], kept, beside.get("watch"))
    if isinstance(ready, dict):
        lists = {name: as_keys(ready[name]) for name in ("lines", "failures") if isinstance(ready.get(name), list)}
        upgraded["ready"] = {**ready, **lists}
    return upgraded


def _watch(files: list[dict[str, Any]], kept: set[Any], beside: Any) -> dict[str, Any]:
    known = beside if isinstance(beside, dict) else {}
    later = [str(file.get("path")) for file in files if file.get("optional")]
    found: dict[str, Any] = {}
    for file in files:
        path, other = str(file.get("path")), known.get(str(file.get("path")))
        if file.get("optional"):
            continue
        if isinstance(other, dict) and digest_of(path, other) in kept:
            found[path] = dict(other)
        else:
            found[path] = _file(file)
        if file.get("dialect") == "oslo":
            found[path].pop("later_files", None)
            found[path] |= {"later_files": later} if later else {}
    return found


def _file(file: dict[str, Any]) -> dict[str, Any]:
    named = file.get("options") or {}
    if file.get("dialect") == "keyring":
        unknown = dict.fromkeys(("owner", "group", "mode"), NOT_RECORDED)
        return {"dialect": "keyring", **({"entity": next(iter(named))} if named else {}), **unknown}
    options = {section: dict.fromkeys(names, NOT_RECORDED) for section, names in named.items()}
    return {"dialect": file.get("dialect"), **({"options": options} if options else {})}
