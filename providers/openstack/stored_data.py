"""Where a service keeps its data, as its options say. Stored data must not go out of reach without a word.

An option that no stack wrote, and that says where data lies, is the operator's. Replacing such an option would leave
images, volumes, disks or backups where the service no longer looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pydantic import TypeAdapter, ValidationError

from providers.errors import Refused
from providers.formats import layers, lists
from providers.formats.document import Document
from providers.formats.names import Entity, PoolName, Uuid
from providers.formats.record import Record

_POOL, _ENTITY, _UUID = TypeAdapter[str](PoolName), TypeAdapter[str](Entity), TypeAdapter[str](Uuid)
_POOLS = ("rbd_store_pool", "rbd_pool", "images_rbd_pool", "backup_ceph_pool")
_USERS = ("rbd_store_user", "rbd_user", "backup_ceph_user")
_SECRETS = ("rbd_secret_uuid",)
_SINGLE = "ceph"
"""Section of a back end that is the only one, and that the settings need not name."""
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
    component: str = "",
) -> None:
    """Raise Refused with what `other_place` says, if it says anything."""
    found = other_place(where, path, sections, document, records, in_force, component)
    if found:
        raise Refused(f"{found}, then run again")


def other_place(
    where: str,
    path: str,
    sections: dict[str, dict[str, str]],
    document: Document,
    records: Sequence[Record],
    in_force: Callable[[str, str], str | None],
    component: str = "",
) -> str:
    """Return which options say where data lies, have another value and were written by no stack, and what to do.

    Args:
        where: The host as messages name it.
        path: The file.
        sections: What the stack is about to write.
        document: The file as it is.
        records: What stacks have in the file.
        in_force: Returns the value of an option as the process reads it.
        component: Whose options they are; its settings bear the same name.

    Returns:
        One line without `then run again`; empty if there is no such option.
    """
    found = [
        (section, option, value)
        for section, options in sections.items()
        for option in sorted(options)
        if option in (*_POOLS, *_USERS, *_SECRETS, *_OTHERS)
        and (value := _value_of(section, option, document, records, in_force))
        and not _same(option, value, options[option])
        and not layers.claimed(document, records, section, option)
    ]
    if not found:
        return ""
    shown = ", ".join(
        f"[{section}] {option} {_shown(option, value)}{'' if in_force(section, option) else ' by default'}"
        for section, option, value in found
    )
    lost = any(option not in _SECRETS for _, option, _ in found)
    why = "what is stored there would be out of reach" if lost else "guests are started with that secret"
    lines = [setting_for(component, section, option, value, sections) for section, option, value in found]
    said = " and ".join(dict.fromkeys(f"`{line}`" for line in lines if line))
    said = f"write {said} into the settings, with `adopt: true`, or " if said else ""
    return f"{where}: {path} sets {shown}, which no stack wrote: {why}; {said}take that out of {path} first"


def setting_for(component: str, section: str, option: str, value: str, sections: dict[str, dict[str, str]]) -> str:
    """Return the line of the settings under which an option keeps its value; empty if there is none."""
    room, known = component.replace("-", "_"), _name(option, value)
    conf = re.fullmatch(r"/etc/ceph/([A-Za-z0-9_-]+)\.conf", value) if option.endswith("_ceph_conf") else None
    if not known or not room:
        return f"cluster: {{name: {conf[1]}}}" if conf else ""
    if option == "rbd_pool" and section != _SINGLE:
        return f"{room}: {{backends: {{{section}: {{pool: {{name: {known}}}}}}}}}"
    if option in _SECRETS:
        user = sections.get(section, {}).get("rbd_user", "")
        return f"user: {{name: {user}, secret_uuid: {known}}}" if user else f"secret_uuid: {known}"
    return f"{room}: {{{'pool' if option in _POOLS else 'user'}: {{name: {known}}}}}"


def _same(option: str, value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower() if option in _SECRETS else value == wanted


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
    """Return the value when it is a name that may be shown, and no value when it may be anything else."""
    name = _name(option, value)
    return f"= {name}" if name else "to another value"


def _name(option: str, value: str) -> str:
    """Return the value of an option that names a pool, a user or a secret; empty if it is no such name."""
    try:
        if option in _POOLS:
            return _POOL.validate_python(value)
        if option in _USERS:
            return _ENTITY.validate_python(f"client.{value}").removeprefix("client.")
        if option in _SECRETS:
            return _UUID.validate_python(value.lower())
    except ValidationError:
        pass
    return ""


def clients(sections: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Return each user that the options name, with each pool that the same section names.

    The pool is empty where a section names none.
    """
    return [
        (options[user], pool)
        for options in sections.values()
        for user in _USERS
        if user in options
        for pool in [options[name] for name in _POOLS if name in options] or [""]
    ]


def disk_users(sections: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Return for each pool whose images guests open the user, and the UUID of the secret, that the options name."""
    return {
        options[option]: (options["rbd_user"], options["rbd_secret_uuid"])
        for options in sections.values()
        for option in ("rbd_pool", "images_rbd_pool")
        if {option, "rbd_user", "rbd_secret_uuid"} <= options.keys()
    }


def places(sections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return those of the options that say where data lies."""
    named = (*_POOLS, *_USERS, *_SECRETS, *_OTHERS)
    found = {
        section: {option: value for option, value in options.items() if option in named}
        for section, options in sections.items()
    }
    return {section: options for section, options in found.items() if options}
