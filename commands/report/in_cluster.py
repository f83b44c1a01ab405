"""Rows of what changes in the Ceph cluster: rules, profiles, pools, users, and which cluster it has to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands.report.caps_effect import allowed, effect
from commands.report.change import Change, mapping
from commands.report.fields import ABSENT, changed, shown, wanted
from commands.report.row import Row
from commands.report.section import CLUSTER
from commands.report.value import Phrase, Value, joined, values

POOL = (
    "application",
    "size",
    "min_size",
    "pg_num",
    "pg_autoscale_mode",
    "crush_rule",
    "target_size_ratio",
    "quota_max_bytes",
    "quota_max_objects",
    "compression_mode",
    "compression_algorithm",
    "trash_purge_schedule",
    "init",
    "adopt",
    "present",
)
RULE = ("root", "failure_domain", "device_class", "adopt", "present")
PROFILE = ("k", "m", "plugin", "technique", *RULE)
USER = ("key_type", "adopt", "present")


def pool(change: Change) -> Iterator[Row]:
    """Yield one row for a new pool, and one for each setting that changes."""
    return _fields(change, "pool ", POOL)


def crush_rule(change: Change) -> Iterator[Row]:
    """Yield one row for a new CRUSH rule, and one for each of its parts that changes."""
    return _fields(change, "CRUSH rule ", RULE)


def erasure_code_profile(change: Change) -> Iterator[Row]:
    """Yield one row for a new erasure code profile, and one for each parameter that changes."""
    return _fields(change, "erasure code profile ", PROFILE)


def _fields(change: Change, noun: str, fields: Sequence[str]) -> Iterator[Row]:
    """Yield one row for a new thing, and one for each of the fields that changes; the last two are not asked for."""
    what: Phrase = (noun, Value.of(change.get("name")), change.of_cluster)
    if change.op == "create":
        yield Row(CLUSTER, (what, (made(change),), (), wanted(change, fields[:-2]), ()))
    elif change.op == "update":
        for name, was, will in changed(change, fields):
            yield Row(CLUSTER, (what, (name,), was, will, ()))


def key_type(change: Change) -> Iterator[Row]:
    """Yield one row for a type of keys that the monitors are let allow, and one where they do not any more."""
    what: Phrase = ("keys of type ", Value.of(change.get("key_type")), change.of_cluster)
    if change.op == "create":
        yield Row(CLUSTER, (what, ("allowed, and made",), (), (), ()))
    elif change.op == "update":
        for name, was, will in changed(change, ("present",)):
            yield Row(CLUSTER, (what, (name,), was, will, ()))


def user(change: Change) -> Iterator[Row]:
    """Yield one row for a new user, and one for each daemon whose caps change."""
    what: Phrase = ("user ", Value.of(change.get("entity")), change.of_cluster)
    had, caps = mapping(change.old.get("caps")), mapping(change.new.get("caps"))
    daemons = sorted({*had, *caps}, key=lambda name: (name != "osd", name))
    if change.op == "create":
        will = joined([(f"{daemon} ", Value.of(caps[daemon])) for daemon in daemons], "; ")
        yield Row(CLUSTER, (what, (made(change),), (), will, allowed(str(caps.get("osd", "")))))
    elif change.op == "update":
        for daemon in daemons:
            before, after = had.get(daemon), caps.get(daemon)
            if before != after:
                means = effect(daemon, str(before or ""), str(after or ""))
                yield Row(CLUSTER, (what, (f"caps {daemon}",), *shown("caps", before, after), means))
        for name, was, will in changed(change, USER):
            yield Row(CLUSTER, (what, (name,), was, will, ()))


def cluster(change: Change) -> Iterator[Row]:
    """Yield a row for a cluster that is looked at for the first time, and for other monitors."""
    what: Phrase = (f"the cluster itself{change.of_cluster}",)
    was, monitors = _monitors(change.old.get("mon_hosts")), _monitors(change.new.get("mon_hosts"))
    if change.op == "create":
        will = ("fsid ", Value.of(change.get("fsid")), ", monitors ", *values(monitors))
        yield Row(CLUSTER, (what, ("checked",), (), will, ()))
    elif change.op == "update" and was != monitors:
        yield Row(CLUSTER, (what, ("monitors",), values(was) or ABSENT, values(monitors), ()))


def made(change: Change) -> str:
    """Return how a new thing comes to be there."""
    return "new, or taken over" if change.takes_over else "new"


def _monitors(given: object) -> list[str]:
    return [str(monitor) for monitor in given] if isinstance(given, list | dict) else []
