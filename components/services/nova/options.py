"""The options of nova.conf, one row each.

A row with `value` is written, and `nova.options` may not set it, because `setting` does. When `value` returns None,
nothing is written. In `value`, `at` is the place that the option is written to: `at.host`, with Nova's settings in
`at.mine`, the other services' pools and users in `at.others`, and the cluster in `at.site`.

A row with `removed_in` is never written. A guide may still name the option, so `nova.options` refuses the option and
says what to do `instead`. `removed_in` is the first release that no longer reads the option. The section ANY stands for
every section, because guides put the option into several.
"""

from __future__ import annotations

from components.services.at import At
from components.services.nova.settings import NovaSettings
from components.services.option import ANY, NEVER_EXISTED, Option
from components.services.secret_identity import user_secret_uuid
from components.settings.user import SecretUser

_LIBVIRT = "it is written in [libvirt]"
_FLAGS = "leave it out: Nova derives the flags"


def _has_disks(at: At[NovaSettings]) -> bool:
    """Return whether servers on the host have their disks in the pool."""
    return at.host not in at.mine.attach_only


def _user(at: At[NovaSettings]) -> SecretUser:
    """Return the user in `rbd_user`.

    Where servers' disks are in the pool, it is the user that opens them: Nova's own, or Cinder's when Nova has none.
    Where servers' disks are local, it is Cinder's user, because only volumes are attached.
    """
    own = at.mine.user if _has_disks(at) else None
    user = own or at.others.volume_user or at.mine.user
    assert user  # noqa: S101 - checks.py refuses settings in which neither Nova nor Cinder has a user
    return user


def _login(at: At[NovaSettings]) -> str:
    return _user(at).login


def _secret(at: At[NovaSettings]) -> str:
    user = _user(at)
    return user_secret_uuid(at.site.fsid, user, user.generation)


def _pool(at: At[NovaSettings]) -> str | None:
    return at.mine.pool.name if at.mine.pool and _has_disks(at) else None


def _moved(name: str) -> Option[NovaSettings]:
    """Return the row of an option that was called `libvirt_<name>` before there was a section [libvirt]."""
    return Option(ANY, f"libvirt_{name}", removed_in="Juno", instead=f"its name is {name} in [libvirt]")


OPTIONS: tuple[Option[NovaSettings], ...] = (
    Option("libvirt", "images_type", setting="nova.pool", value=lambda at: "rbd" if _has_disks(at) else None),
    Option("libvirt", "images_rbd_pool", setting="nova.pool.name", value=_pool),
    Option(
        "libvirt",
        "images_rbd_ceph_conf",
        setting="cluster.name",
        value=lambda at: at.site.ceph_conf if _has_disks(at) else None,
    ),
    Option("libvirt", "rbd_user", setting="nova.user.name", value=_login),
    Option("libvirt", "rbd_secret_uuid", setting="nova.user.secret_uuid", value=_secret),
    Option("libvirt", "disk_cachemodes", setting="nova.disk_cachemodes", value=lambda at: at.mine.disk_cachemodes),
    # Left out on a host in attach_only, because there it would apply to the servers' local disks.
    Option(
        "libvirt",
        "hw_disk_discard",
        setting="nova.hw_disk_discard",
        value=lambda at: at.mine.hw_disk_discard if _has_disks(at) else None,
    ),
    _moved("images_type"),
    _moved("images_rbd_pool"),
    _moved("images_rbd_ceph_conf"),
    _moved("inject_password"),
    _moved("inject_key"),
    _moved("inject_partition"),
    # Guides name these two options, but no release ever had them under these names.
    Option(
        ANY,
        "libvirt_disk_cachemodes",
        removed_in=NEVER_EXISTED,
        instead="its name is disk_cachemodes in [libvirt]",
    ),
    Option(ANY, "libvirt_live_migration_flag", removed_in=NEVER_EXISTED, instead=_FLAGS),
    Option("DEFAULT", "disk_cachemodes", removed_in="Juno", instead="set nova.disk_cachemodes"),
    Option(ANY, "live_migration_flag", removed_in="Newton", instead=_FLAGS),
    Option("DEFAULT", "rbd_user", removed_in="Juno", instead=_LIBVIRT),
    Option("DEFAULT", "rbd_secret_uuid", removed_in="Juno", instead=_LIBVIRT),
)
