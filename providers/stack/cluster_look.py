"""Looks whether the cluster, as it is, does what the settings want of it, before anything is changed."""

from __future__ import annotations

from providers.reach.machines import Machines
from providers.stack.client_look import too_old_clients
from providers.stack.data_pool_look import unfit_data_pools
from providers.stack.key_look import unreadable_keys
from providers.stack.looks_at import LooksAt


def unfit_cluster(stack: str, fsid: str, wanted: LooksAt, machines: Machines) -> tuple[list[str], list[str]]:
    """Return the refusals, each with what to do, and what was not looked at.

    Args:
        stack: The stack.
        fsid: The cluster.
        wanted: What the gate looks at.
        machines: The hosts.
    """
    hosts = {*(wanted.places or {}), *wanted.secrets}
    looks = (
        unfit_data_pools(stack, fsid, wanted.data_pools or {}, machines),
        too_old_clients(fsid, wanted.min_compat_client or {}, machines),
        unreadable_keys(fsid, wanted.caps or {}, hosts, wanted.key_type, machines),
    )
    return [text for reasons, _ in looks for text in reasons], [text for _, unseen in looks for text in unseen]
