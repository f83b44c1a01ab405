"""What guests prints: a table for a person, JSON for a program, and the exit status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from commands import exit_status as statuses
from commands.guests.host_guests import HostGuests, SeenDisk, SeenGuest
from commands.table import table

HEAD = ("HOST", "GUEST", "DISK", "USER", "SECRET", "WHAT IS OLD, AND WHAT TO DO")
JSON_VERSION = 1
CONF = "started before ceph.conf was changed last: changes of [client] since then are not in force"
WAY_OUT = (
    "An old guest gets what is new when it is started anew: `openstack server reboot --hard UUID`, or stop and start. A"
    " live migration renews its volumes, and leaves a disk in Nova's own pool as it is."
)


def as_table(looked: Sequence[HostGuests], width: int | None = None) -> str:
    """Return a row for each disk, then the counts, and what to do about guests that use something old.

    Args:
        looked: The hosts.
        width: Width of the terminal, in characters. None: no line is wrapped.
    """
    rows: list[tuple[str, ...]] = []
    for host in looked:
        if host.unseen:
            rows.append((host.host, "", "", "", "", f"could not look: {host.unseen}"))
        for guest in host.guests:
            rows += _rows(host.host, guest)
    guests = [guest for host in looked for guest in host.guests]
    old, unseen = sum(guest.is_old for guest in guests), sum(bool(host.unseen) for host in looked)
    count = f"{len(guests)} running guest{'' if len(guests) == 1 else 's'}"
    total = f"{count}: {old} old" + (f"; {unseen} hosts could not be looked at" if unseen else "")
    return "\n".join([*(table(HEAD, rows, width=width) if rows else []), "", total, *([WAY_OUT] if old else [])])


def _rows(host: str, guest: SeenGuest) -> list[tuple[str, ...]]:
    name = f"{guest.guest.name} {guest.guest.uuid}"
    late = f"; {CONF}" if guest.is_before_conf else ""
    rows: list[tuple[str, ...]] = [
        (host, name, f"{seen.disk.pool}/{seen.disk.image}", seen.disk.user, seen.disk.secret, _said(seen) + late)
        for seen in guest.disks
    ]
    return rows or [(host, name, "", "", "", "no disk in Ceph")]


def _said(seen: SeenDisk) -> str:
    if seen.old:
        return f"{', '.join(seen.old)}: hard-reboot"
    return "as the settings have it" if seen.ours else "not of this stack"


def as_json(looked: Sequence[HostGuests]) -> str:
    """Return every host with every guest and disk as JSON."""
    hosts = [{"host": host.host, "could_not_look": host.unseen, "guests": _guests(host)} for host in looked]
    return json.dumps({"version": JSON_VERSION, "hosts": hosts}, indent=2)


def _guests(host: HostGuests) -> list[dict[str, Any]]:
    return [
        {
            "name": seen.guest.name,
            "uuid": seen.guest.uuid,
            "started": datetime.fromtimestamp(seen.guest.started, UTC).isoformat() if seen.guest.started else None,
            "started_before_ceph_conf_changed": seen.is_before_conf,
            "old": seen.is_old,
            "disks": [{**disk.disk.model_dump(), "of_this_stack": disk.ours, "old": disk.old} for disk in seen.disks],
        }
        for seen in host.guests
    ]


def exit_status(looked: Sequence[HostGuests]) -> int:
    """Return the status; a host without guests was looked at, too."""
    return statuses.exit_status(
        found=sum(guest.is_old for host in looked for guest in host.guests),
        unseen=sum(bool(host.unseen) for host in looked),
        seen=sum(not host.unseen for host in looked),
    )
