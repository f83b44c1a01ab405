"""The Ceph releases whose users' caps have a form of their own."""

from __future__ import annotations

from typing import Literal, get_args

CephRelease = Literal[
    "firefly",
    "giant",
    "hammer",
    "infernalis",
    "jewel",
    "kraken",
    "luminous",
    "mimic",
    "nautilus",
    "octopus",
    "pacific",
    "quincy",
    "reef",
    "squid",
    "tentacle",
]
CEPH_RELEASES: tuple[str, ...] = get_args(CephRelease)
"""Oldest first."""


def is_older(release: str, other: str) -> bool:
    """Return whether a Ceph release came out before another one."""
    return CEPH_RELEASES.index(release) < CEPH_RELEASES.index(other)
