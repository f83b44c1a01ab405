"""What glance-api.conf may say where Glance still has a single store.

The stack sets `enabled_backends`, and then Glance no longer reads the single store in [glance_store]. Two stores take
its place: the store on RBD, and a file store on `glance.file_store`. Images elsewhere would be out of reach, so the
stack refuses a file that keeps them elsewhere.
"""

from __future__ import annotations

from components.services.glance.settings import GlanceSettings
from providers.models import Expected

NOT_READ = {
    "DEFAULT": {
        "enabled_backends": Expected(
            values=[""],
            otherwise="Glance then reads no single store; leave ceph-openstack:glance.layout at multi_store",
        )
    }
}
"""What glance-api.conf may say where the stack keeps the single store."""

_SECTION = "glance_store"
_GIVE_UP = "ceph-openstack:glance.file_store to none to give those images up"


def expected_store(glance: GlanceSettings) -> dict[str, dict[str, Expected]]:
    """Return the values under which the two new stores reach every image. An option that is not set is accepted."""
    stores = {
        "filesystem_store_datadir": Expected(
            values=[f"{glance.file_store}", f"{glance.file_store}/"],
            otherwise="images there would be out of reach; set ceph-openstack:glance.file_store to that folder, or "
            "set it to none to give those images up",
        ),
        "filesystem_store_datadirs": Expected(
            values=[],
            otherwise="images in several folders would be out of reach; make them a store in enabled_backends first, "
            f"or set {_GIVE_UP}",
        ),
        "default_store": Expected(
            values=["file", "filesystem", "http", "rbd"],
            otherwise=f"its images would be out of reach; make it a store in enabled_backends first, or set {_GIVE_UP}",
        ),
        "rbd_store_pool": Expected(
            values=[glance.pool.name],
            otherwise="images there would be out of reach; name that pool in ceph-openstack:glance.pool with adopt: "
            "true, or make it a store in enabled_backends first",
        ),
    }
    return {_SECTION: stores}
