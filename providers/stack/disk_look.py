"""Looks for running guests whose disks are where their host's nova-compute would no longer look for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from providers.errors import HostError, StepFailed, UnexpectedOutput
from providers.reach.machines import Machines
from providers.stack.place_look import Places

THREADS = 32
SHOWN = 3
_POOL = "images_rbd_pool"
"""The option by which a host says in which pool its servers have their disks."""


def disks_left_behind(before: Places, now: Places, hosts: Mapping[str, object], machines: Machines) -> list[str]:
    """Return which hosts leave the pool that running guests there have disks in, each with what to do.

    A server that is rebooted hard is looked for in the pool, and on the cluster, that the options name then. A host
    that cannot be asked is named by the look at its secrets, or by the resource of its file.

    Args:
        before: Host -> component -> section -> option -> value, as the last run wrote them on this cluster.
        now: The same, as this run will write them.
        hosts: The hosts that stay in the stack. Of a host that goes, secrets and guests are looked at anyway.
        machines: The hosts.
    """
    left = {host: pools - _pools(now, host) for host in hosts if (pools := _pools(before, host))}
    asked = [(host, pools) for host, pools in sorted(left.items()) if pools]
    with ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(lambda one: list(_of_host(one[0], one[1], machines)), asked)
        return [line for lines in found for line in lines]


def _pools(places: Places, host: str) -> set[str]:
    parts = places.get(host, {}).values()
    return {options[_POOL] for sections in parts for options in sections.values() if _POOL in options}


def _of_host(host: str, pools: set[str], machines: Machines) -> Iterator[str]:
    try:
        guests = machines.host(host).libvirt_guests()
    except (HostError, StepFailed, UnexpectedOutput):
        return
    for pool in sorted(pools):
        names = sorted({guest.name for guest in guests for disk in guest.disks if disk.pool == pool})
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        if names:
            yield (
                f"{host}: guest {', '.join(names[:SHOWN])}{more} has its disk in pool {pool}, where nova-compute there"
                " would no longer look, and after a hard reboot it would not start: move the guests to another host, or"
                " delete them, before the host gets another pool or cluster"
            )
