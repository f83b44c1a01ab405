"""Looks for running guests that know no monitor but those that are taken out of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from providers.errors import HostError, StepFailed, UnexpectedOutput
from providers.formats import mon_host
from providers.reach.answers.guest import Guest
from providers.reach.machines import Machines

SHOWN = 3


def needed_monitors(
    removed: Sequence[str], kept: Sequence[str], hosts: Sequence[str], machines: Machines
) -> tuple[list[str], list[str]]:
    """Return which guests of which host would have no monitor left, and which hosts could not be asked.

    Args:
        removed: Entries of `mon_host` that are taken out.
        kept: Entries that stay, or are new.
        hosts: The hosts with guests.
        machines: The hosts.
    """
    gone = _hosts_of(removed) - _hosts_of(kept)
    reasons: list[str] = []
    unchecked: list[str] = []
    for host in hosts if gone else ():
        try:
            names = sorted({guest.name for guest in machines.host(host).libvirt_guests() if _knows_only(guest, gone)})
        except (HostError, StepFailed, UnexpectedOutput) as problem:
            unchecked.append(f"{problem}; whether a guest there needs a monitor that goes was not looked at")
            continue
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            reasons.append(
                f"monitor {', '.join(sorted(gone))} is the only one that guest {', '.join(names[:SHOWN])}{more} on"
                f" {host} knows"
            )
    return reasons, unchecked


def _hosts_of(entries: Sequence[str]) -> set[str]:
    return {str(address.host) for entry in entries for address in mon_host.parse(entry)}


def _knows_only(guest: Guest, gone: set[str]) -> bool:
    """Return whether one of the guest's disks names monitors, and all of them go."""
    known = [{address.rpartition(":")[0].strip("[]") or address for address in disk.monitors} for disk in guest.disks]
    return any(monitors and monitors <= gone for monitors in known)
