"""Rows of what goes away, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

from commands.report.change import Change
from commands.report.in_files import FILES, edited
from commands.report.row import Row
from commands.report.section import AWAY
from commands.report.value import Phrase, Value, some

NAMED_OPTIONS = 12
IF_FOUND = "if it was there before the stack; else "
"""What is taken over may also have been made by the stack, and the inputs do not say which."""

COMMAND = "command:remote:Command"
_How = tuple[str, str]
_NAMED: dict[str, tuple[str, str, _How]] = {
    "ceph:Pool": (
        "pool",
        "name",
        ("deleted; the run is refused while it holds anything", f"left, with its former settings, {IF_FOUND}deleted"),
    ),
    "ceph:CephxUser": (
        "user",
        "entity",
        ("deleted with its key; refused while it has open sessions", f"left, with its former caps, {IF_FOUND}deleted"),
    ),
    "libvirt:LibvirtSecret": (
        "libvirt secret",
        "uuid",
        ("undefined; refused while a guest names it", f"left {IF_FOUND}undefined"),
    ),
    "ceph:KeyringFile": ("keyring", "path", ("removed", f"given back {IF_FOUND}removed")),
    "openstack:VolumeType": (
        "volume type",
        "name",
        ("deleted; refused while volumes have it", f"left, with its former values, {IF_FOUND}deleted"),
    ),
    "openstack:ImageProperties": ("properties of image", "image", ("put back as they were before the stack",) * 2),
    "host:HostDirectory": ("folder", "path", ("put back as it was before the stack",) * 2),
}
"""Type to noun, the input that names the thing, and what becomes of it: of one that was made, and of an adopted one."""

PLACES = {"ceph": "the cluster", "openstack": "OpenStack"}
"""First part of a type to where things of it are that lie on no host."""

QUIET = ("host:Service", "stack:Guard", "stack:Preflight", "ceph:Cluster")
"""Types that nobody misses: they change nothing by going away. A service's restart has its own row."""


def going_away(change: Change) -> Iterator[Row]:
    """Yield a row for what is deleted, or deleted and made anew."""
    if change.op not in ("delete", "replace") or (change.type in QUIET and change.op == "delete"):
        return
    what, how = _told(change)
    if change.op == "replace":
        how = ("deleted and made anew",)
    host = change.name if change.type == COMMAND else change.host  # a command keeps the way to its host secret
    yield Row(AWAY, (what, how), host, place=PLACES.get(change.type.partition(":")[0], ""))


def _told(change: Change) -> tuple[Phrase, Phrase]:
    if change.type in FILES:
        what: Phrase = ("options of ", Value.of(change.get("component")), " in ", Value.of(change.get("path")))
        names: list[Phrase] = [(Value.of(label),) for label in dict.fromkeys(o.label for o in edited(change))]
        return what, ("put back as they were before the stack: ", *some(names, NAMED_OPTIONS))
    if change.type == COMMAND:
        own = change.old.get("delete")
        return ("command",), ("runs ", Value.of(own)) if own else ("what it did is left as it is",)
    if change.type in _NAMED:
        noun, field, how = _NAMED[change.type]
        given = change.get(field) or change.name
        whose: Phrase = (" of ", Value.of(change.get("entity"))) if change.type in WITH_KEYS else ()
        return (f"{noun} ", Value.of(given), *whose, change.of_cluster), (how[change.get("adopt") is True],)
    return (Value.of(change.type), " ", Value.of(change.name)), ("deleted",)


WITH_KEYS = ("libvirt:LibvirtSecret", "ceph:KeyringFile")
"""Types of what holds a user's key."""
