"""The options of cinder.conf that belong to cinder-volume, one row each."""

from __future__ import annotations

from components.services.cinder.settings import CinderSettings
from components.services.option import ANY, BACKEND, Option, always
from components.services.secret_identity import user_secret_uuid

_SECTIONS = "back ends have sections of their own, see cinder.backends"

OPTIONS: tuple[Option[CinderSettings], ...] = (
    Option("DEFAULT", "enabled_backends", setting="cinder.backends", items=lambda at: list(at.mine.all_backends)),
    Option(BACKEND, "volume_driver", setting="cinder.backends", value=always("cinder.volume.drivers.rbd.RBDDriver")),
    Option(
        BACKEND,
        "volume_backend_name",
        setting="volume_backend_name of the back end",
        value=lambda at: at.mine.backend_name(at.section),
    ),
    Option(
        BACKEND,
        "rbd_pool",
        setting="the back end's pool.name",
        value=lambda at: at.mine.all_backends[at.section].pool.name,
    ),
    Option(BACKEND, "rbd_user", setting="cinder.user.name", value=lambda at: at.mine.user.login),
    # Always written: from 2023.1 silence means the fsid, and no compute has such a secret.
    Option(
        BACKEND,
        "rbd_secret_uuid",
        setting="cinder.user.secret_uuid",
        value=lambda at: user_secret_uuid(at.site.fsid, at.mine.user, at.mine.user.generation),
    ),
    Option(BACKEND, "rbd_ceph_conf", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option(BACKEND, "rbd_cluster_name", setting="cluster.name", value=lambda at: at.site.cluster_name),
    Option(BACKEND, "rbd_flatten_volume_from_snapshot", value=always("false"), override="always"),
    Option(BACKEND, "rbd_max_clone_depth", value=always("5"), override="always"),
    Option(BACKEND, "rbd_store_chunk_size", value=always("4"), override="always"),  # MiB
    # Seconds; -1 leaves it to librados.
    Option(BACKEND, "rados_connect_timeout", value=always("-1"), override="always"),
    Option(BACKEND, "report_discard_supported", value=always("true"), override="always"),
    Option(BACKEND, "rbd_concurrent_flatten_operations", since="2024.1", source="cinder release notes, 2024.1"),
    Option("glance", "", since="2025.2", source="cinder release notes, 2025.2"),
    Option(ANY, "glance_api_version", until="Queens", instead="leave it out: only version 2 is left"),
    Option(
        ANY,
        "rbd_keyring_conf",
        until="Victoria",
        instead="leave it out: ceph.conf names the keyring (OSSN-0085)",
        source="OSSN-0085",
    ),
    Option(ANY, "volume_tmp_dir", until="Ocata", instead="leave it out"),
    Option("DEFAULT", "volume_driver", until="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_pool", until="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_user", until="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_secret_uuid", until="Ocata", instead=_SECTIONS),
)
