"""Rows of what a run means for guests that have disks in the cluster. A preview does not know which guests run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from commands.report.caps_effect import pools_in
from commands.report.change import Change, mapping
from commands.report.row import Row
from commands.report.section import GUESTS
from commands.report.value import Phrase, Value, values
from providers.formats.caps import lost_rights
from providers.models import disk_users

REFUSED: Phrase = ("the run is refused before it changes anything while there is one",)


def guests(changes: Sequence[Change]) -> Iterator[Row]:
    """Yield a row for each kind of guests that the run means something for."""
    yield from _disks(changes)
    for change in changes:
        if change.type == "ceph:CephxUser" and change.op == "update":
            yield from _caps(change)
        elif change.type == "libvirt:LibvirtSecret" and change.op == "delete":
            whose: Phrase = (Value.of(change.get("uuid")), " of ", Value.of(change.get("entity")), change.of_cluster)
            yield Row(GUESTS, (("those whose disks name secret ", *whose), REFUSED), change.host)


def _disks(changes: Sequence[Change]) -> Iterator[Row]:
    """Yield which guests keep a former user and secret, pools for which both are the same in one row."""
    pools: dict[tuple[tuple[str, str], tuple[str, str]], dict[str, None]] = {}
    for change in changes:
        if change.type == "openstack:ConfigSections" and change.op == "update":
            was, will = disk_users(_sections(change.old)), disk_users(_sections(change.new))
            for pool in sorted(was.keys() & will.keys()):
                if was[pool] != will[pool]:
                    pools.setdefault((was[pool], will[pool]), {})[pool] = None
    for (old, new), named in pools.items():
        keep: Phrase = ("keep user ", Value.of(old[0]), " and secret ", Value.of(old[1]), " until a hard reboot;")
        then: Phrase = (" those that start later get ", Value.of(new[0]), " and ", Value.of(new[1]))
        yield Row(GUESTS, (("those that run, with disks in ", *values(named)), (*keep, *then)))


def _sections(inputs: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        section: {name: str(value) for name, value in mapping(options).items()}
        for section, options in mapping(inputs.get("sections")).items()
    }


def _caps(change: Change) -> Iterator[Row]:
    had, wanted = (str(mapping(side.get("caps")).get("osd", "")) for side in (change.old, change.new))
    pools = [pool for pool in dict.fromkeys([*pools_in(had), *pools_in(wanted)]) if lost_rights(had, wanted, pool)]
    if pools:
        whose: Phrase = (
            "those with images open as ",
            Value.of(change.get("entity")),
            f"{change.of_cluster} in ",
            *values(pools),
        )
        yield Row(GUESTS, (whose, REFUSED))
