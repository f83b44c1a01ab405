"""Caps: what a cephx user may do, and on which pools. Pure.

The texts of `rbd_caps` are those of the current Ceph documentation ("Block Devices and OpenStack"), mgr included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from components.settings.ceph_releases import is_older

_GRANT = re.compile(r"profile (rbd|rbd-read-only) pool=(\S+)")


@dataclass(frozen=True)
class Caps:
    """What a user may do.

    Attributes:
        texts: daemon (`mon`, `mgr`, `osd`) to the caps that it is asked for.
        pools: names of the pools that the texts speak of, those that the user writes to first.
        of_images: whether the user is a client of RBD images, which locks them and lists their clones.
    """

    texts: Mapping[str, str]
    pools: tuple[str, ...]
    of_images: bool = False


def with_kept(caps: Caps, pools: Sequence[str]) -> Caps:
    """Return the caps with further pools, whose images the user may read and write."""
    texts = dict(caps.texts)
    for daemon in ("mgr", "osd"):
        there = texts.get(daemon, "").split(", ")
        kept = [grant for pool in pools if (grant := f"profile rbd pool={pool}") not in there]
        texts[daemon] = ", ".join(part for part in (texts.get(daemon, ""), *kept) if part)
    return replace(caps, texts=texts, pools=tuple(dict.fromkeys((*caps.pools, *pools))))


def with_data_pools(caps: Caps, data_pools: Mapping[str, str]) -> Caps:
    """Return the caps with the same rights on the data pools of the pools that they grant, as Ceph asks for.

    A manager's commands name the pool of an image only, so the data pools are granted by OSDs alone.

    Args:
        caps: what the user may do.
        data_pools: pool to the pool that holds the data of its images.
    """
    granted = [
        (found[1], data_pools[found[2]])
        for part in caps.texts.get("osd", "").split(", ")
        if (found := _GRANT.fullmatch(part)) and found[2] in data_pools
    ]
    if not granted:
        return caps
    written = {pool for profile, pool in granted if profile == "rbd"}
    # Where two pools have one data pool, the wider right holds for its data.
    wanted = dict.fromkeys(
        f"profile {profile} pool={pool}" for profile, pool in granted if profile == "rbd" or pool not in written
    )
    texts = {**caps.texts, "osd": ", ".join([caps.texts["osd"], *wanted])}
    return replace(caps, texts=texts, pools=tuple(dict.fromkeys((*caps.pools, *(pool for _, pool in granted)))))


def in_form_of(caps: Caps, release: str) -> Caps:
    """Return the caps of a client of RBD images in the form that a Ceph release takes.

    `profile rbd` appeared in Luminous, and the manager's in Nautilus. The raw form is that of the guides, with the
    blocklist under its old name, without which an image stays locked after its client has died.
    """
    if not caps.of_images or not is_older(release, "nautilus"):
        return caps
    osd = caps.texts["osd"]
    if not is_older(release, "luminous"):
        return replace(caps, texts={"mon": caps.texts["mon"], "osd": osd})
    granted = [found for part in osd.split(", ") if (found := _GRANT.fullmatch(part))]
    raw = [f"allow {'rwx' if found[1] == 'rbd' else 'rx'} pool={found[2]}" for found in granted]
    mon = 'allow r, allow command "osd blacklist"'
    return replace(caps, texts={"mon": mon, "osd": ", ".join(["allow class-read object_prefix rbd_children", *raw])})


def rbd_caps(write: Iterable[str], read: Iterable[str] = (), *, write_data: Iterable[str] = ()) -> Caps:
    """Return the caps of a client of RBD images.

    mon `profile rbd` also lets a client blocklist a dead lock owner: with `allow r` a guest stays down after its
    hypervisor crashed. The mgr cap is for rbd_support (trash purge, tasks), on the pools in `write` only.

    Args:
        write: pools whose images are the client's own. A pool that is in another list, too, is granted once.
        read: pools whose images are cloned from, or looked at.
        write_data: pools that the client writes images into that are another service's: rbd_support has no business
            there.
    """
    own = list(dict.fromkeys(write))
    others, foreign = ([pool for pool in dict.fromkeys(pools) if pool not in own] for pools in (read, write_data))
    written = [f"profile rbd pool={pool}" for pool in own]
    seen = [f"profile rbd-read-only pool={pool}" for pool in others]
    given = [f"profile rbd pool={pool}" for pool in foreign]
    texts = {"mon": "profile rbd", "mgr": ", ".join(written), "osd": ", ".join(written + seen + given)}
    return Caps(texts, (*own, *others, *foreign), of_images=True)
