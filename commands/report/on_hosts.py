"""Rows of what else changes on hosts: folders, checks before a change, and commands of Pulumi's command provider."""

from __future__ import annotations

from collections.abc import Iterator

from commands.report.change import Change, mapping
from commands.report.fields import ABSENT, changed, wanted
from commands.report.in_cluster import made
from commands.report.row import Row
from commands.report.section import HOSTS
from commands.report.value import Phrase, Value


def directory(change: Change) -> Iterator[Row]:
    """Yield a row for a new folder, and for each field of one that changes."""
    what: Phrase = ("folder ", Value.of(change.get("path")))
    fields = ("owner", "group", "mode", "adopt", "present")
    if change.op == "create":
        yield Row(HOSTS, (what, (made(change),), (), wanted(change, fields[:3])), change.host)
    elif change.op == "update":
        for name, was, will in changed(change, fields):
            yield Row(HOSTS, (what, (name,), was, will), change.host)


def copy(change: Change) -> Iterator[Row]:
    """Yield a row for a file that gets a copy, and for a copy that is made again."""
    what: Phrase = ("copy of ", Value.of(change.get("path")))
    if change.op == "create":
        yield Row(HOSTS, (what, ("made",), (), ()), change.host)
    elif change.op == "update":
        for name, was, will in changed(change, ("present",)):
            yield Row(HOSTS, (what, (name,), was, will), change.host)


def label(change: Change) -> Iterator[Row]:
    """Yield a row for a file that gets a type of SELinux, or another one."""
    what: Phrase = ("SELinux label of ", Value.of(change.get("path")))
    if change.op in ("create", "update"):
        for name, was, will in changed(change, ("selinux_type",)):
            yield Row(HOSTS, (what, (name,), was, will), change.host)


def lines(change: Change) -> Iterator[Row]:
    """Yield a row for each line that comes into a file of rules, or goes out of it."""
    old, new = (mapping(side.get("lines")) for side in (change.old, change.new))
    what: Phrase = ("rules ", Value.of(change.get("path")))
    if change.op in ("create", "update"):
        for line in sorted({*old} ^ {*new}):
            sides: tuple[Phrase, Phrase] = (ABSENT, (Value(line),)) if line in new else ((Value(line),), ABSENT)
            yield Row(HOSTS, (what, ("line",), *sides), change.host)


def whole_file(change: Change) -> Iterator[Row]:
    """Yield a row for a file that is made, and for one whose text changes."""
    what: Phrase = ("file ", Value.of(change.get("path")))
    if change.op == "create":
        yield Row(HOSTS, (what, ("made",), (), ()), change.host)
    elif change.op == "update" and change.old.get("content") != change.new.get("content"):
        yield Row(HOSTS, (what, ("text",), (), ()), change.host)


def preflight(change: Change) -> Iterator[Row]:
    """Yield a row for each check that changes. A host that is new is checked, too, and needs no row for that."""
    if change.op == "update":
        for name, was, will in changed(change, ("packages", "refuse_local_disks")):
            yield Row(HOSTS, (("check before a change",), (name,), was, will), change.host)


def command(change: Change) -> Iterator[Row]:
    """Yield a row for each command line of Pulumi's command provider that is new or changes.

    Its inputs keep the way to the host secret, so its logical name has to say where it runs.
    """
    if change.op == "create":
        yield Row(HOSTS, (("command",), ("runs",), (), (Value.of(change.get("create")),)), change.name)
    elif change.op in ("update", "replace"):
        for name, was, will in changed(change, ("create", "update", "delete", "environment", "triggers", "stdin")):
            yield Row(HOSTS, (("command",), (name,), was, will), change.name)
