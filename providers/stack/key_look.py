"""Looks whether hosts can read the type of keys that the cluster gives its users, before anything is changed."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from providers.ceph.readable_key import FIRST_TYPE, WAYS_OUT, librados, reads
from providers.errors import HostError
from providers.reach.machines import Machines

THREADS = 32
SHOWN = 3


def unreadable_keys(
    fsid: str, entities: Collection[str], hosts: Collection[str], asked: str | None, machines: Machines
) -> tuple[list[str], list[str]]:
    """Return the refusal of hosts that can read no key of the stack's users, and what was not looked at.

    Only where all users have, or would get, keys of one newer type, because which host is handed whose key is not known
    here. Where types differ, the keyring and the secret refuse the key that their host cannot read.

    Args:
        fsid: The cluster.
        entities: The users of the stack.
        hosts: The hosts that are handed keys.
        asked: The type of keys that users get when they are made; none for the type that the cluster prefers.
        machines: The hosts.
    """
    if not entities or not hosts:
        return [], []
    cluster = machines.cluster(fsid)
    cluster.changed()
    try:
        monitors, users = cluster.monitors(), cluster.users()
    except HostError as problem:  # without the cluster no key is handed over either
        return [], [f"{problem}; whether hosts can read its keys was not looked at"]
    new = asked or monitors.new_key_type
    types = {users[entity].key_type if entity in users else new for entity in entities} if monitors.key_types else set()
    if not types or types & {FIRST_TYPE, ""}:
        return [], []
    kind = " or ".join(sorted(types))
    with ThreadPoolExecutor(THREADS) as pool:
        found = dict(
            zip(sorted(hosts), pool.map(lambda host: _reads(host, types, machines), sorted(hosts)), strict=True)
        )
    blind = [host for host, answer in found.items() if answer is False]
    unseen = [answer for answer in found.values() if isinstance(answer, str)]
    if not blind:
        return [], unseen
    more = f" and {len(blind) - SHOWN} more" if len(blind) > SHOWN else ""
    return [
        f"keys of this cluster's users are of type {kind}, which {librados(machines.host(blind[0]))} cannot read on"
        f" {', '.join(blind[:SHOWN])}{more}, and would write into the services' logs: {WAYS_OUT}"
    ], unseen


def _reads(host: str, types: Collection[str], machines: Machines) -> bool | str | None:
    """Return whether a host reads one of the types; None when it does not tell, and why it could not be asked."""
    try:
        answers = [reads(machines.host(host), kind) for kind in types]
    except HostError as problem:
        return f"{problem}; whether librados there can read the keys was not looked at"
    return None if None in answers else any(answers)
