"""Glance: a store on RBD beside the stores that are there, in glance-api.conf of each API host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ConfigSectionsDesired, Expected
from providers.resources import ConfigSections

from .checks import FILE_STORE
from .context import Context
from .edits import Edit, edit
from .options import merged
from .settings import Glance as GlanceSettings


class Glance(ComponentResource):
    """One `ConfigSections` per host: the store, its place in `enabled_backends`, and `default_backend`.

    edits -- host -> what glance-api reads
    """

    def __init__(
        self,
        context: Context,
        glance: GlanceSettings,
        *,
        direct_snapshots: bool,
        after: Mapping[str, Sequence[Resource]],
    ) -> None:
        """Declare glance-api.conf on `glance.hosts`, each after what `after` says.

        direct_snapshots -- Nova makes images within Ceph and tells Glance where they are
        """
        super().__init__("ceph-openstack:openstack:Glance", "glance")
        if glance.show_image_direct_url or direct_snapshots:
            why = "nova.direct_snapshots" if direct_snapshots else "glance.show_image_direct_url"
            pulumi.log.warn(
                f"ceph-openstack:{why}: glance-api tells its users where images lie in the "
                "cluster (OSSN-0065, OSSN-0090); keep this endpoint private, and run a second glance-api without "
                "the option for the public",
                resource=self,
            )
        api = context.platform.glance_api
        sections = glance_sections(context, glance, direct_snapshots=direct_snapshots)
        ours, former = [f"{glance.backend}:rbd"], [f"{FILE_STORE}:file"] if glance.file_store else []
        self.edits: dict[str, Edit] = {}
        for host in glance.hosts:
            label = f"glance-config-{host}"
            config = ConfigSections(
                label,
                ConfigSectionsDesired(
                    stack=context.stack,
                    host=host,
                    fsid=context.fsid,
                    component="glance",
                    path=api.conf,
                    sections=sections,
                    list_items={"DEFAULT": {"enabled_backends": ours}},
                    list_items_if_absent={"DEFAULT": {"enabled_backends": former}} if former else {},
                    expected=expected_store(glance) if former else [],
                    later_files=list(api.later_files),
                ),
                opts=ResourceOptions(parent=self, depends_on=list(after[host])),
            )
            listed = {"DEFAULT": {"enabled_backends": [*former, *ours]}}
            self.edits[host] = edit(label, config, path=api.conf, dialect="oslo", sections=sections, list_items=listed)
        self.register_outputs({})


def glance_sections(context: Context, glance: GlanceSettings, *, direct_snapshots: bool) -> dict[str, dict[str, str]]:
    """Return the sections of glance-api.conf that the stack owns options in."""
    store = {
        "rbd_store_pool": glance.pool.name,
        "rbd_store_user": glance.user.entity.removeprefix("client."),
        "rbd_store_ceph_conf": context.ceph_conf,
        "rbd_store_chunk_size": "8",  # MiB
    }
    # `enabled_backends` turns a single store into one of several, and [glance_store] no longer counts: a location
    # file:///var/lib/glance/images/X without a store id is then resolved by the datadirs of the enabled file stores only
    # (glance.common.store_utils, glance_store.multi_backend: without one, "Unknown scheme"), and Glance writes the id that
    # it finds into the image. Where there are several stores already, their ids stay, and this one is not enabled.
    former = {FILE_STORE: {"filesystem_store_datadir": glance.file_store}} if glance.file_store else {}
    shown = {"show_image_direct_url": "true"} if glance.show_image_direct_url else {}
    if direct_snapshots:
        # Without it Glance refuses the place of the snapshot, and Nova gives up: it does not fall back to an upload.
        shown["show_multiple_locations"] = "true"
    owned = {"DEFAULT": shown, "glance_store": {"default_backend": glance.backend}, **former, glance.backend: store}
    return merged(owned, glance.options)


def expected_store(glance: GlanceSettings) -> list[Expected]:
    """Return what a single store may be for the two stores that take its place to reach all of its images."""
    ours = [f"{glance.file_store}", f"{glance.file_store}/"]
    off = "or set it to none to give those images up"
    return [
        Expected(
            section="glance_store",
            option="filesystem_store_datadir",
            values=ours,
            otherwise=f"images there would be out of reach; set ceph-openstack:glance.file_store to that folder, {off}",
        ),
        Expected(
            section="glance_store",
            option="filesystem_store_datadirs",
            values=[],
            otherwise="images in several folders would be out of reach; make them a store in enabled_backends first, or set "
            "ceph-openstack:glance.file_store to none to give those images up",
        ),
        Expected(
            section="glance_store",
            option="default_store",
            values=["file", "filesystem", "http", "rbd"],
            otherwise="its images would be out of reach; make it a store in enabled_backends first, or set "
            "ceph-openstack:glance.file_store to none to give those images up",
        ),
        Expected(
            section="glance_store",
            option="rbd_store_pool",
            values=[glance.pool.name],
            otherwise="images there would be out of reach; name that pool in ceph-openstack:glance.pool with adopt: true, or "
            "make it a store in enabled_backends first",
        ),
    ]
