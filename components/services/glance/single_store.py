"""What a single store of Glance may be before it becomes one of several."""

from __future__ import annotations

from components.services.glance.settings import GlanceSettings
from providers.models import Expected

_SECTION = "glance_store"
_OFF = "ceph-openstack:glance.file_store to none to give those images up"


def expected_store(glance: GlanceSettings) -> list[Expected]:
    """Return what a single store may be for the two stores that take its place to reach all of its images."""
    return [
        Expected(
            section=_SECTION,
            option="filesystem_store_datadir",
            values=[f"{glance.file_store}", f"{glance.file_store}/"],
            otherwise="images there would be out of reach; set ceph-openstack:glance.file_store to that folder, or "
            "set it to none to give those images up",
        ),
        Expected(
            section=_SECTION,
            option="filesystem_store_datadirs",
            values=[],
            otherwise="images in several folders would be out of reach; make them a store in enabled_backends first, "
            f"or set {_OFF}",
        ),
        Expected(
            section=_SECTION,
            option="default_store",
            values=["file", "filesystem", "http", "rbd"],
            otherwise=f"its images would be out of reach; make it a store in enabled_backends first, or set {_OFF}",
        ),
        Expected(
            section=_SECTION,
            option="rbd_store_pool",
            values=[glance.pool.name],
            otherwise="images there would be out of reach; name that pool in ceph-openstack:glance.pool with adopt: "
            "true, or make it a store in enabled_backends first",
        ),
    ]
