"""The caps each user needs, and why. Pure.

The strings are those of the current Ceph documentation ("Block Devices and OpenStack"), mgr included; what goes beyond
them is asked for by name and has its reason beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

Caps = dict[str, str]


def _caps(write: Iterable[str], read: Iterable[str]) -> Caps:
    """Return caps to write to the pools in `write` and to read those in `read`, in this order.

    mon `profile rbd` also lets a client blocklist a dead lock owner: with `allow r` a guest stays down after its
    hypervisor crashed. The mgr cap is for rbd_support (trash purge, tasks), on the pools written to only.
    """
    writable = [f"profile rbd pool={pool}" for pool in write]
    readable = [f"profile rbd-read-only pool={pool}" for pool in read]
    return {"mon": "profile rbd", "mgr": ", ".join(writable), "osd": ", ".join(writable + readable)}


def glance_caps(images: str, *, clone_parents_of: Iterable[str] = ()) -> Caps:
    """Return the caps of Glance's user.

    clone_parents_of -- Cinder's and Nova's pools, with clone v2 (min client mimic or later) only: to delete an image
                        Glance then has to see its children (glance bug 1954883, Yoga). Not in Ceph's documentation.
    """
    return _caps([images], clone_parents_of)


def cinder_caps(volumes: Iterable[str], *, images: str | None, vms: str | None, write_images: bool = False) -> Caps:
    """Return the caps of Cinder's user.

    volumes      -- the pools of its back ends
    images       -- Glance's pool, read to clone a volume from an image; None: Glance is not on this cluster
    vms          -- Nova's pool when Nova shares this user, as Ceph's documentation has it; None: Nova has its own
    write_images -- Nova shares this user and takes direct snapshots, see `nova_caps`
    """
    write = [*volumes, *([vms] if vms else [])]
    return _with_images(write, images, write_images=write_images)


def nova_caps(vms: str, *, images: str | None, write_images: bool = False) -> Caps:
    """Return the caps of a user of Nova's own: its disks, and the images they are cloned from.

    It needs nothing on Cinder's pools: since Ocata a volume is attached with the user and secret that Cinder names.
    No official document gives these caps; they are Cinder's without its pools.

    write_images -- direct snapshots write into Glance's pool; with read access only Nova falls back to a full copy
    """
    return _with_images([vms], images, write_images=write_images)


def backup_caps(backups: str, *, volumes: Iterable[str] = ()) -> Caps:
    """Return the caps of Cinder Backup's user.

    volumes -- Cinder's pools, to read: Cinder's documentation grants it, Ceph's does not, and the driver opens a
               volume with the volume's own user. Off unless asked for.
    """
    return _caps([backups], volumes)


def _with_images(write: list[str], images: str | None, *, write_images: bool) -> Caps:
    if images is None:
        return _caps(write, [])
    if not write_images:
        return _caps(write, [images])
    caps = _caps(write, [])
    # rbd_support has no business in Glance's pool: the write cap is for the OSDs only.
    return {**caps, "osd": f"{caps['osd']}, profile rbd pool={images}"}
