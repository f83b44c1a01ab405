"""Looks for servers whose disks are where their host's nova-compute would no longer look for them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from providers.errors import HostError, StepFailed, UnexpectedOutput
from providers.reach.machines import Machines
from providers.stack.place_look import Places

THREADS = 32
SHOWN = 3
_POOL = "images_rbd_pool"
"""The option by which a host says in which pool its servers have their disks."""


def disks_left_behind(
    before: Places, now: Places, hosts: Iterable[str], machines: Machines
) -> tuple[list[str], list[str]]:
    """Return which hosts leave a pool that servers there have disks in, with what to do, and what was not looked at.

    A server that is started, or rebooted hard, is looked for in the pool, and on the cluster, that the options name
    then. So a host whose libvirt does not answer is refused as well. A host that cannot be reached gets no options.

    Args:
        before: Host -> component -> section -> option -> value, as the last run wrote them on this cluster.
        now: The same, as this run will write them.
        hosts: The hosts that stay in the stack. Of a host that goes, secrets and guests are looked at anyway.
        machines: The hosts.
    """
    left = {host: _pools(before, host) - _pools(now, host) for host in hosts}
    asked = [(host, pool) for host, pools in sorted(left.items()) for pool in sorted(pools)]
    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(lambda one: _left_behind(one[0], one[1], machines), asked))
    return [reason for reason, _ in found if reason], [unseen for _, unseen in found if unseen]


def _pools(places: Places, host: str) -> set[str]:
    parts = places.get(host, {}).values()
    return {options[_POOL] for sections in parts for options in sections.values() if _POOL in options}


def _left_behind(host: str, pool: str, machines: Machines) -> tuple[str, str]:
    """Return why a host must not leave a pool, and why that is not known; one of them, or both empty."""
    try:
        images = machines.host(host).libvirt_rbd_disks()
    except HostError as problem:
        return "", f"{problem}; whether a server there has its disk in pool {pool} was not looked at"
    except (StepFailed, UnexpectedOutput) as problem:
        return f"{problem}; {host} leaves pool {pool}, which servers there may need: see that libvirt answers there", ""
    names = sorted(name for name, of_name in images.items() if any(image.startswith(f"{pool}/") for image in of_name))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    if not names:
        return "", ""
    return (
        f"{host}: guest {', '.join(names[:SHOWN])}{more} has its disk in pool {pool}, where nova-compute there would no"
        " longer look, and after a hard reboot it would not start: move the guests to another host, or delete them,"
        " before the host gets another pool or cluster"
    ), ""
