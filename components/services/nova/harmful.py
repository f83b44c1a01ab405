"""Values in nova.conf that guides gave, and that do harm or nothing with disks on RBD."""

from __future__ import annotations

from components.services.harmful import Harmful, is_false, is_true

_INJECTION = "nova-compute opens the disks of guests to write into them"
_CLOUD_INIT = "leave it out: guests get the same from the metadata service"
_NEEDLESS = "this has been the default since Icehouse"
_LEAVE_OUT = "leave it out"


def _has_bare_mode(value: str) -> bool:
    """Return whether an item is a cache mode without the kind of disk that it is for."""
    return any(item.strip() and "=" not in item for item in value.split(","))


HARMFUL = (
    Harmful(
        "DEFAULT",
        "force_raw_images",
        is_false,
        why="since Train nova-compute refuses to start with this and images_type rbd",
        since="train",
        instead="leave it out: true is the default",
        only_beside=("libvirt", "images_type", "rbd"),
        source="nova release notes, Train (bug-1816686-77060eb8f8bd4092)",
    ),
    Harmful(
        "libvirt",
        "disk_cachemodes",
        _has_bare_mode,
        why="Nova wants pairs of a kind of disk and a mode, and drops a mode that stands alone",
        instead="set nova.disk_cachemodes (network=writeback)",
        source="nova/conf/libvirt.py",
    ),
    Harmful("libvirt", "inject_password", is_true, why=_INJECTION, instead=_CLOUD_INIT),
    Harmful("libvirt", "inject_password", is_false, why=_NEEDLESS, since="icehouse", instead=_LEAVE_OUT, refused=False),
    Harmful("libvirt", "inject_key", is_true, why=_INJECTION, instead=_CLOUD_INIT),
    Harmful("libvirt", "inject_key", is_false, why=_NEEDLESS, since="icehouse", instead=_LEAVE_OUT, refused=False),
    Harmful("libvirt", "inject_partition", lambda value: value.strip() != "-2", why=_INJECTION, instead=_CLOUD_INIT),
    Harmful(
        "libvirt",
        "inject_partition",
        lambda value: value.strip() == "-2",
        why=_NEEDLESS,
        since="icehouse",
        instead=_LEAVE_OUT,
        refused=False,
    ),
)
