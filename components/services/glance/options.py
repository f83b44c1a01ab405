"""The options of glance-api.conf, one row each.

A row with `value` is written. `glance.options` may not set the option, because `setting` does; with `override="always"`
the value is only our default, and `glance.options` wins. When `value` returns None, nothing is written. A row with
`items` adds these items to a list, and leaves the other items alone. In `value` and `items`, `at` is the place that the
option is written to, with Glance's settings in `at.mine`, what other services let Glance know in `at.others`, and the
cluster in `at.site`.

`since` is the first release that reads the option, and `until` the release that dropped it: outside of them nothing is
written, and `glance.options` may not set the option; `instead` is what to do. A row without a value is never written,
and only says which releases read the option.

A single store stood in [DEFAULT] up to Icehouse, and stands in [glance_store] from Juno on; several stores have a
section each from Rocky on.

The section BACKEND stands for the section of our store, which a single store has not. An empty name stands for every
option of the section.
"""

from __future__ import annotations

from collections.abc import Callable

from components.services.at import At
from components.services.glance.settings import GlanceSettings
from components.services.neighbours import DIRECT_SNAPSHOTS
from components.services.option import BACKEND, Option, always

EARLIER_STORE = "file_before_ceph"
"""Id of a file store, which is enabled so that images of a former single store stay readable.

Once `enabled_backends` is set, Glance no longer reads the single store in [glance_store]. An older image has a location
such as file:///var/lib/glance/images/X without a store id. Glance finds the store by the folders of the enabled file
stores, and writes the id of that store into the image (glance.common.store_utils). Without such a store the location is
refused with "Unknown scheme" (glance_store.multi_backend). Where `enabled_backends` was set before, this store is not
added.
"""

CLASS_OF_RBD = "glance.store.rbd.Store"
"""The driver of RBD, as `known_stores` names it."""

_STORE = "the store has a section of its own, see glance.backend"
_WRITTEN = "stores and default_store, or enabled_backends and default_backend, are written from glance"


def _single(value: str) -> Callable[[At[GlanceSettings]], str | None]:
    """Return the function of a value that only a single store has."""

    def given(at: At[GlanceSettings]) -> str | None:
        return value if at.mine.is_single else None

    return given


def _tells_of_several(at: At[GlanceSettings]) -> bool:
    """Return whether Glance tells where images are, and has stores on several clusters."""
    return at.mine.show_image_direct_url and at.others.image_store is not None


def _stores_of_the_release(at: At[GlanceSettings]) -> list[str]:
    """Return the default of `known_stores` without our item, which must not replace it. Havana has all stores there."""
    others = ("s3", "swift", "sheepdog", "cinder") if at.site.release == "havana" else ()
    return [f"glance.store.{store}.Store" for store in ("filesystem", "http", *others)]


def _earlier_store(at: At[GlanceSettings]) -> str | None:
    """Return the folder of the store with images of a former single store; none where there still is a single store."""
    return None if at.mine.is_single else at.mine.file_store or None


OPTIONS: tuple[Option[GlanceSettings], ...] = (
    Option(
        "DEFAULT",
        "enabled_backends",
        since="rocky",
        setting="glance.backend",
        items=lambda at: [] if at.mine.is_single else [f"{at.mine.backend}:rbd"],
        # Added only where the option was absent or empty, because there Glance has a single store until now.
        items_if_absent=lambda at: [f"{EARLIER_STORE}:file"] if _earlier_store(at) else [],
    ),
    Option(
        "DEFAULT",
        "show_image_direct_url",
        setting="glance.show_image_direct_url",
        value=lambda at: "true" if at.mine.show_image_direct_url else None,
    ),
    Option(
        "DEFAULT",
        "show_multiple_locations",
        setting=DIRECT_SNAPSHOTS,
        # Without this option Glance refuses the location of the snapshot. Then the snapshot fails, because Nova does
        # not fall back to an upload. Of several stores the direct URL names the first only, so nothing would be cloned
        # on the cluster of another.
        value=lambda at: "true" if at.others.direct_snapshots or _tells_of_several(at) else None,
        # Where this row writes nothing, `glance.options` may set the option, because Nova may be in another stack.
        override="unwritten",
    ),
    Option(
        "glance_store",
        "default_backend",
        since="rocky",
        setting="glance.backend",
        value=lambda at: None if at.mine.is_single else at.mine.backend,
    ),
    Option(
        EARLIER_STORE,
        "filesystem_store_datadir",
        since="rocky",
        setting="glance.file_store",
        value=_earlier_store,
    ),
    Option(BACKEND, "rbd_store_pool", since="rocky", setting="glance.pool.name", value=lambda at: at.mine.pool.name),
    Option(BACKEND, "rbd_store_user", since="rocky", setting="glance.user.name", value=lambda at: at.mine.user.login),
    Option(BACKEND, "rbd_store_ceph_conf", since="rocky", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option(BACKEND, "rbd_store_chunk_size", since="rocky", value=always("8"), override="always"),  # MiB
    Option(BACKEND, "rbd_thin_provisioning", since="victoria"),
    Option(BACKEND, "rados_connect_timeout", since="rocky"),
    Option(BACKEND, "weight", since="2023.2", source="glance release notes, 2023.2"),
    Option("backend_defaults", "", since="2025.2", source="glance release notes, 2025.2"),
    # The single store. With layout multi_store nothing of it is written, so there `glance.options` may set it.
    Option(
        "glance_store",
        "stores",
        since="juno",
        setting="glance.layout",
        items=lambda at: [at.mine.store_item] if at.mine.is_single else [],
        # The option's own default, which our item must not replace.
        items_if_absent=lambda at: ["file", "http"] if at.mine.is_single else [],
        override="unwritten",
    ),
    Option(
        "glance_store",
        "default_store",
        since="juno",
        setting="glance.layout",
        value=_single("rbd"),
        override="unwritten",
    ),
    Option(
        "glance_store",
        "rbd_store_pool",
        since="juno",
        setting="glance.pool.name",
        value=lambda at: at.mine.pool.name if at.mine.is_single else None,
        override="unwritten",
    ),
    Option(
        "glance_store",
        "rbd_store_user",
        since="juno",
        setting="glance.user.name",
        value=lambda at: at.mine.user.login if at.mine.is_single else None,
        override="unwritten",
    ),
    Option(
        "glance_store",
        "rbd_store_ceph_conf",
        since="juno",
        setting="cluster.name",
        value=lambda at: at.site.ceph_conf if at.mine.is_single else None,
        override="unwritten",
    ),
    Option("glance_store", "rbd_store_chunk_size", since="juno", value=_single("8"), override="always"),  # MiB
    Option("glance_store", "rbd_thin_provisioning", since="victoria"),
    Option("glance_store", "rados_connect_timeout", since="liberty"),
    Option("paste_deploy", "flavor"),
    # The single store of Havana and Icehouse. Juno reads these places, too, but there [glance_store] has taken over.
    Option(
        "DEFAULT",
        "known_stores",
        until="kilo",
        superseded_in="juno",
        instead=_WRITTEN,
        setting="glance",
        items=lambda at: [CLASS_OF_RBD],
        items_if_absent=_stores_of_the_release,
    ),
    Option(
        "DEFAULT",
        "default_store",
        until="kilo",
        superseded_in="juno",
        instead=_WRITTEN,
        setting="glance",
        value=always("rbd"),
    ),
    Option(
        "DEFAULT",
        "rbd_store_pool",
        until="kilo",
        superseded_in="juno",
        instead=_STORE,
        setting="glance.pool.name",
        value=lambda at: at.mine.pool.name,
    ),
    Option(
        "DEFAULT",
        "rbd_store_user",
        until="kilo",
        superseded_in="juno",
        instead=_STORE,
        setting="glance.user.name",
        value=lambda at: at.mine.user.login,
    ),
    Option(
        "DEFAULT",
        "rbd_store_ceph_conf",
        until="kilo",
        superseded_in="juno",
        instead=_STORE,
        setting="cluster.name",
        value=lambda at: at.site.ceph_conf,
    ),
    Option(
        "DEFAULT",
        "rbd_store_chunk_size",
        until="kilo",
        superseded_in="juno",
        instead=_STORE,
        value=always("8"),  # MiB
        override="always",
    ),
)
