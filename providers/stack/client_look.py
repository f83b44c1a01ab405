"""Looks whether the cluster asks its clients for a release that the settings need, before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping

from providers.errors import HostError
from providers.reach.machines import Machines


def too_old_clients(fsid: str, needed: Mapping[str, str], machines: Machines) -> tuple[list[str], list[str]]:
    """Return the refusals, each with both ways out, and what was not looked at.

    The program never raises `require_min_compat_client` by itself, because older clients, guests among them, could then
    no longer connect, and the cluster is not this stack's alone.

    Args:
        fsid: The cluster.
        needed: Setting -> the oldest release that the cluster has to ask of its clients, such as `mimic`.
        machines: The hosts.
    """
    if not needed:
        return [], []
    cluster = machines.cluster(fsid)
    cluster.changed()
    try:
        found = cluster.min_compat_client()
    except HostError as problem:
        return [], [f"{problem}; whether the cluster asks its clients for new enough a release was not looked at"]
    # Ceph's releases are named in the order of the alphabet.
    return [
        f"ceph-openstack:{setting} needs clients of {release} or later, and the cluster asks for {found or 'none'}"
        f" (require_min_compat_client): run `ceph osd set-require-min-compat-client {release}` once no older client is"
        f" left, or take {setting} out"
        for setting, release in sorted(needed.items())
        if found < release
    ], []
