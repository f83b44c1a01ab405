"""The options of nova.conf, one row each."""

from __future__ import annotations

from components.services.at import At
from components.services.nova.settings import NovaSettings
from components.services.option import ANY, NEVER, Option
from components.services.secret_identity import user_secret_uuid
from components.settings.user import SecretUser

_LIBVIRT = "it is written in [libvirt]"
_FLAGS = "leave it out: Nova derives the flags"


def _has_disks(at: At[NovaSettings]) -> bool:
    """Return whether servers on the host have their disks in the pool."""
    return at.host not in at.mine.attach_only


def _user(at: At[NovaSettings]) -> SecretUser:
    """Return who opens servers' disks on the host; where they are local, who volumes are attached as."""
    own = at.mine.user if _has_disks(at) else None
    user = own or at.others.volume_user or at.mine.user
    assert user  # noqa: S101 - refused in `problems`: without Cinder there is no user to share
    return user


def _login(at: At[NovaSettings]) -> str:
    return _user(at).login


def _secret(at: At[NovaSettings]) -> str:
    user = _user(at)
    return user_secret_uuid(at.site.fsid, user, user.generation)


def _pool(at: At[NovaSettings]) -> str | None:
    return at.mine.pool.name if at.mine.pool and _has_disks(at) else None


def _moved(name: str) -> Option[NovaSettings]:
    return Option(ANY, f"libvirt_{name}", until="Juno", instead=f"its name is {name} in [libvirt]")


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
    # On a host whose servers keep their disks local it would be about those disks.
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
    Option(ANY, "libvirt_disk_cachemodes", until=NEVER, instead="its name is disk_cachemodes in [libvirt]"),
    Option("DEFAULT", "disk_cachemodes", until="Juno", instead="set nova.disk_cachemodes"),
    Option(ANY, "libvirt_live_migration_flag", until=NEVER, instead=_FLAGS),
    Option(ANY, "live_migration_flag", until="Newton", instead=_FLAGS),
    Option("DEFAULT", "rbd_user", until="Juno", instead=_LIBVIRT),
    Option("DEFAULT", "rbd_secret_uuid", until="Juno", instead=_LIBVIRT),
)
