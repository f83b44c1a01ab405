"""Looks for data pools that are there already and cannot hold data of images, before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping

from providers.ceph.data_pool import why_unfit
from providers.ceph.pool import PoolKind
from providers.errors import HostError
from providers.journal.cluster_journal import ClusterJournal
from providers.reach.machines import Machines


def unfit_data_pools(
    stack: str, fsid: str, profiles: Mapping[str, str], machines: Machines
) -> tuple[list[str], list[str]]:
    """Return why data pools cannot be used, each with what to do, and what was not looked at.

    Args:
        stack: The stack.
        fsid: The cluster.
        profiles: Data pool -> the erasure code profile that it is asked to have.
        machines: The hosts.
    """
    if not profiles:
        return [], []
    cluster, journal = machines.cluster(fsid), ClusterJournal(stack)
    cluster.changed()
    try:
        pools, entries = cluster.pools(), cluster.journal()
    except HostError as problem:  # without the cluster no pool can be made either
        return [], [f"{problem}; whether the data pools can hold images was not looked at"]
    reasons = []
    for name, profile in sorted(profiles.items()):
        if (pool := pools.get(name)) is not None:
            entry = journal.read(entries, PoolKind.entry_kind, name, PoolKind.entry_form)
            reasons.append(why_unfit(pool, profile, ours=entry is not None and not entry.adopted))
    return [reason for reason in reasons if reason], []
