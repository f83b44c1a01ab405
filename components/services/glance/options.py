"""The options of glance-api.conf, one row each."""

from __future__ import annotations

from components.services.glance.settings import GlanceSettings
from components.services.neighbours import DIRECT_SNAPSHOTS
from components.services.option import BACKEND, Option, always

EARLIER = "file_before_ceph"
"""Id of the store that keeps the images of a former single store within reach.

`enabled_backends` turns a single store into one of several, and [glance_store] no longer counts: a location
file:///var/lib/glance/images/X without a store id is then resolved by the datadirs of the enabled file stores only
(glance.common.store_utils, glance_store.multi_backend: without one, "Unknown scheme"), and Glance writes the id that it
finds into the image. Where there are several stores already, their ids stay, and this one is not enabled.
"""

_STORE = "the store has a section of its own, see glance.backend"
_WRITTEN = "enabled_backends and default_backend are written from glance"

OPTIONS: tuple[Option[GlanceSettings], ...] = (
    Option(
        "DEFAULT",
        "enabled_backends",
        setting="glance.backend",
        items=lambda at: [f"{at.mine.backend}:rbd"],
        items_if_absent=lambda at: [f"{EARLIER}:file"] if at.mine.file_store else [],
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
        # Without it Glance refuses the place of the snapshot, and Nova gives up: it does not fall back to an upload.
        value=lambda at: "true" if at.others.direct_snapshots else None,
        override="unwritten",  # Nova may be in another stack, a cell
    ),
    Option("glance_store", "default_backend", setting="glance.backend", value=lambda at: at.mine.backend),
    Option(
        EARLIER, "filesystem_store_datadir", setting="glance.file_store", value=lambda at: at.mine.file_store or None
    ),
    Option(BACKEND, "rbd_store_pool", setting="glance.pool.name", value=lambda at: at.mine.pool.name),
    Option(BACKEND, "rbd_store_user", setting="glance.user.name", value=lambda at: at.mine.user.login),
    Option(BACKEND, "rbd_store_ceph_conf", setting="cluster.name", value=lambda at: at.site.ceph_conf),
    Option(BACKEND, "rbd_store_chunk_size", value=always("8"), override="always"),  # MiB
    Option(BACKEND, "weight", since="2023.2", source="glance release notes, 2023.2"),
    Option("backend_defaults", "", since="2025.2", source="glance release notes, 2025.2"),
    Option("DEFAULT", "default_store", until="Kilo", instead=_WRITTEN),
    Option("DEFAULT", "known_stores", until="Kilo", instead=_WRITTEN),
    Option("DEFAULT", "rbd_store_pool", until="Kilo", instead=_STORE),
    Option("DEFAULT", "rbd_store_user", until="Kilo", instead=_STORE),
    Option("DEFAULT", "rbd_store_ceph_conf", until="Kilo", instead=_STORE),
    Option("DEFAULT", "rbd_store_chunk_size", until="Kilo", instead=_STORE),
)
