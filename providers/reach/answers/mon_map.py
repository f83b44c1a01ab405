"""MonMap: the answer of `ceph mon dump`."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class MonAddress(Answer):
    """One address of a monitor: `type` is `v1` or `v2`, `addr` is `192.0.2.1:3300` or `[fd00::1]:3300`."""

    type: str
    addr: str
    nonce: int = 0


class MonAddresses(Answer):
    """All addresses of a monitor."""

    addrvec: list[MonAddress]


class Monitor(Answer):
    """A monitor of the map."""

    public_addrs: MonAddresses


class MonMap(Answer):
    """The cluster's monitors, and the oldest release among them."""

    fsid: str
    mons: list[Monitor]
    min_mon_release_name: str = ""
