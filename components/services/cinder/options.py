"""The options of cinder.conf that belong to cinder-volume, one row each.

A row with `value` is written. `cinder.options` may not set the option, because `setting` does; with `override="always"`
the value is only our default, and `cinder.options` wins. A row with `items` adds these items to a list, and leaves the
other items alone. In `value` and `items`, `at` is the place that the option is written to: `at.section`, with Cinder's
settings in `at.mine` and the cluster in `at.site`.

A row with `removed_in` or `added_in` and no value is never written. It lets `cinder.options` refuse the option when the
stack's release does not read it. `removed_in` is the first release that no longer reads the option, and `instead` is
what to do.

The section BACKEND stands for the section of each of our back ends, and ANY for every section, because guides put the
option into several. An empty name stands for every option of the section.
"""

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
    # Always written, because from 2023.1 the default is the fsid, and no compute has a secret with that UUID.
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
    # In seconds; -1 leaves the timeout to librados.
    Option(BACKEND, "rados_connect_timeout", value=always("-1"), override="always"),
    Option(BACKEND, "report_discard_supported", value=always("true"), override="always"),
    Option(BACKEND, "rbd_concurrent_flatten_operations", added_in="2024.1", source="cinder release notes, 2024.1"),
    Option("glance", "", added_in="2025.2", source="cinder release notes, 2025.2"),
    Option(ANY, "glance_api_version", removed_in="Queens", instead="leave it out: only version 2 is left"),
    Option(
        ANY,
        "rbd_keyring_conf",
        removed_in="Victoria",
        instead="leave it out: ceph.conf names the keyring (OSSN-0085)",
        source="OSSN-0085",
    ),
    Option(ANY, "volume_tmp_dir", removed_in="Ocata", instead="leave it out"),
    Option("DEFAULT", "volume_driver", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_pool", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_user", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_secret_uuid", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_ceph_conf", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_cluster_name", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_flatten_volume_from_snapshot", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_max_clone_depth", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rbd_store_chunk_size", removed_in="Ocata", instead=_SECTIONS),
    Option("DEFAULT", "rados_connect_timeout", removed_in="Ocata", instead=_SECTIONS),
)
