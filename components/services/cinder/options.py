"""The options of cinder.conf that belong to cinder-volume, one row each.

A row with `value` is written. `cinder.options` may not set the option, because `setting` does; with `override="always"`
the value is only our default, and `cinder.options` wins. A row with `items` adds these items to a list, and leaves the
other items alone. In `value` and `items`, `at` is the place that the option is written to: `at.section`, with Cinder's
settings in `at.mine` and the cluster in `at.site`.

`since` is the first release that reads the option, and `until` the release that dropped it: outside of them nothing is
written, and `cinder.options` may not set the option; `instead` is what to do. A row without a value is never written,
and only says which releases read the option.

The section BACKEND stands for the section of each of our back ends, and ANY for every section, because guides put the
option into several. An empty name stands for every option of the section.
"""

from __future__ import annotations

from collections.abc import Callable

from components.services.at import At
from components.services.cinder.settings import CinderSettings
from components.services.option import ANY, BACKEND, Option, always
from components.services.secret_identity import user_secret_uuid

DRIVER = "cinder.volume.drivers.rbd.RBDDriver"
_SECTIONS = "back ends have sections of their own, see cinder.backends"
_VERSION = "leave it out: only version 2 is left"


def _secret(at: At[CinderSettings]) -> str:
    return user_secret_uuid(at.site.fsid, at.mine.user, at.mine.user.generation)


def _flat(
    name: str, value: Callable[[At[CinderSettings]], str | None], setting: str = "", since: str = ""
) -> Option[CinderSettings]:
    """Return the row of an option that a single back end without a section has in [DEFAULT]."""
    return Option(
        "DEFAULT",
        name,
        since=since,
        until="ocata",
        instead=_SECTIONS,
        setting=setting,
        value=lambda at: value(at) if at.mine.is_flat else None,
        override="unwritten" if setting else "always",
    )


OPTIONS: tuple[Option[CinderSettings], ...] = (
    Option(
        "DEFAULT",
        "enabled_backends",
        setting="cinder.backends",
        items=lambda at: [] if at.mine.is_flat else list(at.mine.all_backends),
    ),
    Option(BACKEND, "volume_driver", setting="cinder.backends", value=always(DRIVER)),
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
    Option(BACKEND, "rbd_secret_uuid", setting="cinder.user.secret_uuid", value=_secret),
    Option(BACKEND, "rbd_ceph_conf", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option(
        BACKEND,
        "rbd_cluster_name",
        since="liberty",
        setting="cluster.name",
        value=lambda at: at.site.cluster_name,
    ),
    Option(BACKEND, "rbd_flatten_volume_from_snapshot", value=always("false"), override="always"),
    Option(BACKEND, "rbd_max_clone_depth", value=always("5"), override="always"),
    Option(BACKEND, "rbd_store_chunk_size", since="juno", value=always("4"), override="always"),  # MiB
    # In seconds; -1 leaves the timeout to librados.
    Option(BACKEND, "rados_connect_timeout", since="icehouse", value=always("-1"), override="always"),
    Option(BACKEND, "report_discard_supported", since="mitaka", value=always("true"), override="always"),
    # Version 1 of Glance's API does not say where an image lies, so no volume would be a clone. Pike has 2 as default.
    Option(
        "DEFAULT",
        "glance_api_version",
        superseded_in="pike",
        until="queens",
        instead=_VERSION,
        value=always("2"),
        override="always",
    ),
    # The single back end of [DEFAULT], which Ocata dropped.
    _flat("volume_driver", always(DRIVER), setting="cinder"),
    _flat("rbd_pool", lambda at: at.mine.flat_pool, setting="cinder.pool.name"),
    _flat("rbd_user", lambda at: at.mine.user.login, setting="cinder.user.name"),
    _flat("rbd_secret_uuid", _secret, setting="cinder.user.secret_uuid"),
    _flat("rbd_ceph_conf", lambda at: at.site.ceph_conf, setting="cluster.name"),
    _flat("rbd_cluster_name", lambda at: at.site.cluster_name, setting="cluster.name", since="liberty"),
    _flat("rbd_flatten_volume_from_snapshot", always("false")),
    _flat("rbd_max_clone_depth", always("5")),
    _flat("rbd_store_chunk_size", always("4"), since="juno"),
    _flat("rados_connect_timeout", always("-1"), since="icehouse"),
    _flat("report_discard_supported", always("true"), since="mitaka"),
    # What no release of today reads.
    Option(ANY, "glance_api_version", until="queens", instead=_VERSION),
    Option(
        ANY,
        "rbd_keyring_conf",
        since="pike",
        until="victoria",
        instead="leave it out: ceph.conf names the keyring (OSSN-0085)",
        source="OSSN-0085",
    ),
    Option(ANY, "volume_tmp_dir", until="ocata", instead="leave it out"),
    # What `cinder.options` may set besides.
    Option(BACKEND, "backend_host", since="kilo"),
    Option(BACKEND, "rados_connection_retries", since="liberty"),
    Option(BACKEND, "rados_connection_interval", since="liberty"),
    Option(BACKEND, "replication_device", since="mitaka"),
    Option(BACKEND, "replication_connect_timeout", since="ocata"),
    Option(BACKEND, "report_dynamic_total_capacity", since="ocata"),
    Option(BACKEND, "rbd_exclusive_cinder_pool", since="pike"),
    Option(BACKEND, "enable_deferred_deletion", since="stein"),
    Option(BACKEND, "deferred_deletion_delay", since="stein"),
    Option(BACKEND, "deferred_deletion_purge_interval", since="stein"),
    Option(BACKEND, "rbd_concurrent_flatten_operations", since="2023.1"),
    Option("backend_defaults", "", since="pike"),
    Option("glance", "", since="2025.2", source="cinder release notes, 2025.2"),
)
