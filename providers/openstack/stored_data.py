"""Where a service keeps its data, as its options say. Stored data must not go out of reach without a word.

An option that no stack wrote, and that says where data lies, is the operator's. Replacing such an option would leave
images, volumes, disks or backups where the service no longer looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import TypeAdapter, ValidationError

from providers.errors import Refused
from providers.formats import layers, lists
from providers.formats.document import Document
from providers.formats.names import Entity, PoolName
from providers.formats.record import Record

_POOL, _ENTITY = TypeAdapter[str](PoolName), TypeAdapter[str](Entity)
_POOLS = ("rbd_store_pool", "rbd_pool", "images_rbd_pool", "backup_ceph_pool")
_USERS = ("rbd_store_user", "rbd_user", "backup_ceph_user")
_OTHERS = (
    "rbd_store_ceph_conf",
    "rbd_ceph_conf",
    "images_rbd_ceph_conf",
    "backup_ceph_conf",
    "rbd_cluster_name",
    "filesystem_store_datadir",
    "volume_driver",
)
"""Options that say in another way where data lies.

`images_type` is not among them, because preflight asks libvirt which servers have their disks on the host.
"""
_DEFAULT_POOLS = {
    "rbd_pool": ("volume_driver", "cinder.volume.drivers.rbd.RBDDriver", "rbd"),
    "images_rbd_pool": ("images_type", "rbd", "rbd"),
}
"""Option of a pool -> the option and value by which the service uses RBD, and the pool that is its default."""
_FORMER = ("glance_store", "stores")
_IN_REACH = {"file", "filesystem", "http", "https", "rbd"} | {
    f"glance.store.{name}.Store" for name in ("filesystem", "http", "rbd")
}
_OUT_OF_REACH = ("swift", "cinder", "s3", "vmware", "sheepdog", "gridfs")


def refuse_other_place(
    where: str,
    path: str,
    sections: dict[str, dict[str, str]],
    document: Document,
    records: Sequence[Record],
    in_force: Callable[[str, str], str | None],
) -> None:
    """Raise Refused for every option that says where data lies, that has another value and that no stack wrote.

    Args:
        where: The host as messages name it.
        path: The file.
        sections: What the stack is about to write.
        document: The file as it is.
        records: What stacks have in the file.
        in_force: Returns the value of an option as the process reads it.
    """
    found = [
        (section, option, value)
        for section, options in sections.items()
        for option in sorted(options)
        if option in (*_POOLS, *_USERS, *_OTHERS)
        and (value := _value_of(section, option, document, records, in_force))
        and value != options[option]
        and not layers.claimed(document, records, section, option)
    ]
    if found:
        shown = ", ".join(
            f"[{section}] {option} {_shown(option, value)}{'' if in_force(section, option) else ' by default'}"
            for section, option, value in found
        )
        named = any(option in (*_POOLS, *_USERS) for _, option, _ in found)
        name = "name that pool or user in the settings with `adopt: true`, or " if named else ""
        raise Refused(
            f"{where}: {path} sets {shown}, which no stack wrote: what is stored there would be out of reach; {name}"
            f"take that out of {path} first, then run again"
        )


def _value_of(
    section: str,
    option: str,
    document: Document,
    records: Sequence[Record],
    in_force: Callable[[str, str], str | None],
) -> str | None:
    """Return the value that the service goes by: its default where it uses RBD and names no pool."""
    driver, rbd, default = _DEFAULT_POOLS.get(option, ("", "", ""))
    uses_rbd = bool(driver) and in_force(section, driver) == rbd
    theirs = uses_rbd and not layers.claimed(document, records, section, driver)
    return in_force(section, option) or (default if theirs else None)


def refuse_lost_store(where: str, path: str, in_force: Callable[[str, str], str | None]) -> None:
    """Raise Refused when a single store, whose place several are about to take, has further stores beside it.

    Args:
        where: The host as messages name it.
        path: The file.
        in_force: Returns the value of an option as the process reads it.
    """
    lost = [store for store in lists.items(in_force(*_FORMER)) if store not in _IN_REACH]
    if lost:
        shown = ", ".join(sorted({store if store in _OUT_OF_REACH else "others" for store in lost}))
        raise Refused(
            f"{where}: {path} sets [{_FORMER[0]}] {_FORMER[1]} with {shown}: images there would be out of reach; make"
            " each of them a store in enabled_backends first, or give these images up with `file_store: none` in the"
            " settings, then run again"
        )


def _shown(option: str, value: str) -> str:
    """Return the value when it is the name of a pool or of a user, and no value when it may be anything else."""
    try:
        if option in _POOLS:
            return f"= {_POOL.validate_python(value)}"
        if option in _USERS:
            return f"= {_ENTITY.validate_python(f'client.{value}').removeprefix('client.')}"
    except ValidationError:
        pass
    return "to another value"
