"""What a run must not take away: what processes use that it does not restart, or restarts only with a later batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from providers.formats.caps import lost_rights
from providers.reach.cluster import ClusterSession
from providers.stack.looks_at import LooksAt

Caps = Mapping[str, Mapping[str, str]]
"""Entity -> daemon -> caps."""


def lost_pools(cluster: ClusterSession, before: Caps, then: Caps) -> dict[str, list[str]]:
    """Return the pools on which each user would lose a right; a user that goes altogether is left out."""
    changed = {name: caps for name, caps in then.items() if name in before and caps != before[name]}
    found = {
        name: [
            pool
            for pool in sorted(cluster.pools())
            if lost_rights(before[name].get("osd", ""), caps.get("osd", ""), pool)
        ]
        for name, caps in changed.items()
    }
    return {name: pools for name, pools in found.items() if pools}


def used_by_old_processes(
    deferred: Collection[str], removed: LooksAt, lost: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the refusal of a run that takes something away and defers restarts.

    A process reads its options when it starts, but its keyring and ceph.conf again with each connection.

    Args:
        deferred: Services whose restarts the run defers.
        removed: What the run takes out.
        lost: Entity to the pools on which the user loses a right.
    """
    gone = [f"user {name}" for name in removed.entities]
    gone += [f"pool {name}" for name in removed.pools]
    hosts = sorted(removed.secrets)
    gone += [f"a libvirt secret on {', '.join(hosts)}"] if hosts else []
    gone += [f"pool {pool} of {name}" for name, pools in lost.items() for pool in pools]
    if not deferred or not gone:
        return []
    return [
        f"restarts of {', '.join(deferred)} are deferred, and a process that is not restarted may still use what this"
        f" run takes away ({', '.join(gone)}): take it away in a maintenance run, CEPH_OPENSTACK_RESTART=now, which"
        " restarts first what owes a restart"
    ]


def used_by_later_batches(
    moving: Collection[str], lost: Mapping[str, Collection[str]], settings: Mapping[str, str]
) -> list[str]:
    """Return the refusals of caps that are narrowed before hosts of later batches stop to need them.

    Args:
        moving: Services whose hosts change batch by batch, and of which this run changes where data lies.
        lost: Entity to the pools on which the user loses a right.
        settings: Entity to the setting that speaks of the user.
    """
    if not moving:
        return []
    return [
        f"{name} would lose pool {', '.join(pools)} before the first batch of {', '.join(moving)} is changed, and hosts"
        f" that wait may need it: keep it with `keep_pools: [{', '.join(pools)}]` under"
        f" {'ceph-openstack:' if name in settings else ''}{settings.get(name, name)}, and take that out in a run after"
        " the last batch"
        for name, pools in lost.items()
    ]
