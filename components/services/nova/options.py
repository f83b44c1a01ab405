"""The options of nova.conf, one row each.

A row with `value` is written, and `nova.options` may not set it, because `setting` does. When `value` returns None,
nothing is written. In `value`, `at` is the place that the option is written to: `at.host`, with Nova's settings in
`at.mine`, the other services' pools and users in `at.others`, and the cluster in `at.site`.

`since` is the first release that reads the option, and `until` the release that dropped it: outside of them nothing is
written, and `nova.options` may not set the option; `instead` is what to do. A row without a value is never written, and
only says which releases read the option. The section ANY stands for every section, because guides put the option into
several.

Havana reads all of it in [DEFAULT], partly under names with `libvirt_` in front; Icehouse made the section [libvirt].
"""

from __future__ import annotations

from collections.abc import Callable

from components.services.at import At
from components.services.nova.settings import NovaSettings
from components.services.option import ANY, NEVER_EXISTED, Option
from components.services.secret_identity import user_secret_uuid
from components.settings.user import SecretUser

_LIBVIRT = "it is written in [libvirt]"
_FLAGS = "leave it out: Nova derives the flags"
LIVE = "VIR_MIGRATE_UNDEFINE_SOURCE,VIR_MIGRATE_PEER2PEER,VIR_MIGRATE_LIVE,VIR_MIGRATE_PERSIST_DEST"
"""The flags of Ceph's documentation, without the tunnel that old guides add."""


def _renamed(name: str) -> str:
    return f"its name is {name} in [libvirt]"


def _has_disks(at: At[NovaSettings]) -> bool:
    """Return whether servers on the host have their disks in the pool."""
    return at.host not in at.mine.attach_only


def _user(at: At[NovaSettings]) -> SecretUser | None:
    """Return the user in `rbd_user`; None where servers' disks are local, and all volumes on another cluster.

    Where servers' disks are in the pool, it is the user that opens them: Nova's own, or Cinder's when Nova has none.
    Where servers' disks are local, it is Cinder's user, because only volumes are attached.
    """
    own = at.mine.user if _has_disks(at) else None
    return own or at.others.volume_user or at.mine.user


def _login(at: At[NovaSettings]) -> str | None:
    user = _user(at)
    return user.login if user else None


def _secret(at: At[NovaSettings]) -> str | None:
    user = _user(at)
    return user_secret_uuid(at.site.fsid, user, user.generation) if user else None


def _pool(at: At[NovaSettings]) -> str | None:
    return at.mine.pool.name if at.mine.pool and _has_disks(at) else None


def _type(at: At[NovaSettings]) -> str | None:
    return "rbd" if _has_disks(at) else None


def _conf(at: At[NovaSettings]) -> str | None:
    return at.site.ceph_conf if _has_disks(at) else None


def _with_disks(value: str) -> Callable[[At[NovaSettings]], str | None]:
    """Return the function of a value that only hosts have whose servers have their disks in the pool."""

    def given(at: At[NovaSettings]) -> str | None:
        return value if _has_disks(at) else None

    return given


def _moved(name: str) -> Option[NovaSettings]:
    """Return the row of an option that was called `libvirt_<name>` before there was a section [libvirt]."""
    return Option(ANY, f"libvirt_{name}", until="juno", instead=_renamed(name))


def _of_havana(
    name: str, value: Callable[[At[NovaSettings]], str | None], setting: str = "", instead: str = _LIBVIRT
) -> Option[NovaSettings]:
    """Return the row of an option that Havana has in [DEFAULT]. Icehouse reads it there, too, but prefers [libvirt]."""
    return Option(
        "DEFAULT",
        name,
        until="juno",
        superseded_in="icehouse",
        instead=instead,
        setting=setting,
        value=value,
        override="never" if setting else "always",
    )


_HAVANA: tuple[Option[NovaSettings], ...] = (
    _of_havana("libvirt_images_type", _type, "nova.pool", _renamed("images_type")),
    _of_havana("libvirt_images_rbd_pool", _pool, "nova.pool.name", _renamed("images_rbd_pool")),
    _of_havana("libvirt_images_rbd_ceph_conf", _conf, "cluster.name", _renamed("images_rbd_ceph_conf")),
    _of_havana("rbd_user", _login, "nova.user.name"),
    _of_havana("rbd_secret_uuid", _secret, "nova.user.secret_uuid"),
    _of_havana(
        "disk_cachemodes",
        lambda at: at.mine.disk_cachemodes,
        "nova.disk_cachemodes",
        "set nova.disk_cachemodes",
    ),
    # Havana writes into the disks of new servers by default, which it cannot do on RBD. From Icehouse on it does not.
    _of_havana("libvirt_inject_password", _with_disks("false"), instead=_renamed("inject_password")),
    _of_havana("libvirt_inject_key", _with_disks("false"), instead=_renamed("inject_key")),
    _of_havana("libvirt_inject_partition", _with_disks("-2"), instead=_renamed("inject_partition")),
    _of_havana("live_migration_flag", _with_disks(LIVE), instead=_FLAGS),
    _moved("images_type"),
    _moved("images_rbd_pool"),
    _moved("images_rbd_ceph_conf"),
    _moved("inject_password"),
    _moved("inject_key"),
    _moved("inject_partition"),
)

OPTIONS: tuple[Option[NovaSettings], ...] = (
    Option("libvirt", "images_type", since="icehouse", setting="nova.pool", value=_type),
    Option("libvirt", "images_rbd_pool", since="icehouse", setting="nova.pool.name", value=_pool),
    Option("libvirt", "images_rbd_ceph_conf", since="icehouse", setting="cluster.name", value=_conf),
    Option("libvirt", "rbd_user", since="icehouse", setting="nova.user.name", value=_login),
    Option("libvirt", "rbd_secret_uuid", since="icehouse", setting="nova.user.secret_uuid", value=_secret),
    Option(
        "libvirt",
        "disk_cachemodes",
        since="icehouse",
        setting="nova.disk_cachemodes",
        value=lambda at: at.mine.disk_cachemodes,
    ),
    # Left out on a host in attach_only, because there it would apply to the servers' local disks.
    Option(
        "libvirt",
        "hw_disk_discard",
        since="juno",
        setting="nova.hw_disk_discard",
        value=lambda at: at.mine.hw_disk_discard if _has_disks(at) else None,
    ),
    # Where Glance has stores on several clusters, an image is copied to the one on the cluster of the server's disk.
    Option(
        "libvirt",
        "images_rbd_glance_store_name",
        since="victoria",
        setting="glance.stores",
        value=lambda at: at.others.image_store if _has_disks(at) else None,
        override="unwritten",
    ),
    # Without these flags Nova's default of that time moves no running server. Mitaka deprecated the option.
    Option(
        "libvirt",
        "live_migration_flag",
        since="icehouse",
        superseded_in="mitaka",
        until="newton",
        instead=_FLAGS,
        value=_with_disks(LIVE),
        override="always",
    ),
    *_HAVANA,
    # Guides name these two options, but no release ever had them under these names.
    Option(
        ANY,
        "libvirt_disk_cachemodes",
        until=NEVER_EXISTED,
        instead="its name is disk_cachemodes in [libvirt]",
    ),
    Option(ANY, "libvirt_live_migration_flag", until=NEVER_EXISTED, instead=_FLAGS),
    Option(ANY, "live_migration_flag", until="newton", instead=_FLAGS),
    # What `nova.options` may set besides.
    Option("DEFAULT", "force_raw_images"),
    Option("libvirt", "inject_password", since="icehouse"),
    Option("libvirt", "inject_key", since="icehouse"),
    Option("libvirt", "inject_partition", since="icehouse"),
    Option("libvirt", "live_migration_tunnelled", since="mitaka"),
    Option("libvirt", "live_migration_with_native_tls", since="stein"),
    Option("libvirt", "rbd_connect_timeout", since="train"),
    Option("libvirt", "rbd_destroy_volume_retries", since="victoria"),
    Option("libvirt", "rbd_destroy_volume_retry_interval", since="victoria"),
    Option("libvirt", "images_rbd_glance_copy_poll_interval", since="victoria"),
    Option("libvirt", "images_rbd_glance_copy_timeout", since="victoria"),
    Option("glance", "enable_rbd_download", since="victoria"),
    Option("glance", "rbd_user", since="victoria"),
    Option("glance", "rbd_pool", since="victoria"),
    Option("glance", "rbd_ceph_conf", since="victoria"),
    Option("glance", "rbd_connect_timeout", since="victoria"),
    Option("workarounds", "ensure_libvirt_rbd_instance_dir_cleanup", since="queens"),
    Option("workarounds", "never_download_image_if_on_rbd", since="ussuri"),
)
