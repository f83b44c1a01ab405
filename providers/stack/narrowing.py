"""Looks for users whose caps a run would narrow under clients that are at work."""

from __future__ import annotations

from collections.abc import Mapping

from providers.ceph import user as users
from providers.ceph.work import Caps, keep_pools, losses
from providers.errors import HostError
from providers.formats.caps import may_blocklist
from providers.journal.cluster_journal import ClusterJournal
from providers.reach.machines import Machines


def narrowed(
    stack: str, fsid: str, caps: Mapping[str, Caps], settings: Mapping[str, str], machines: Machines
) -> tuple[list[str], list[str], list[str]]:
    """Return the refusals, each with the line that keeps the grant, the warnings, and what was not looked at.

    A user without a journal entry of the stack is new, or is taken over first, which changes nothing.

    Args:
        stack: The stack.
        fsid: The cluster.
        caps: Entity -> caps that will be set.
        settings: Entity -> the setting that speaks of the user.
        machines: The hosts.
    """
    if not caps:
        return [], [], []
    cluster = machines.cluster(fsid)
    cluster.changed()
    try:
        entries = cluster.journal()
    except HostError as problem:  # without the cluster nobody's caps can be changed either
        return [], [], [f"{problem}; whether a user would lose a pool that guests need was not looked at"]
    journal, kind = ClusterJournal(stack), users.UserKind
    refusals, warnings = [], []
    for entity, wanted in sorted(caps.items()):
        user = cluster.users().get(entity)
        if user is None or journal.read(entries, kind.entry_kind, entity, kind.entry_form) is None:
            continue
        found = losses(cluster, machines.clock, entity, user.caps, wanted)
        if found:
            setting = settings.get(entity, "")
            refusals.append(keep_pools(found, f"ceph-openstack:{setting}" if setting else entity, stack))
        had, then = user.caps.get("mon", ""), wanted.get("mon", "")
        if may_blocklist(had) and not may_blocklist(then) and cluster.sessions([entity]):
            warnings.append(
                f"{entity} has open sessions and loses `{had}` on the monitors: a guest whose host crashes would not"
                " start again before its image's lock is removed by hand; keep `profile rbd` there"
            )
    return refusals, warnings, []
