"""Glance: a store on RBD beside the stores that are there, in glance-api.conf of each API host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.found import Found
from components.services.glance.checks import store_problems
from components.services.glance.daemon import DAEMONS
from components.services.glance.found import found_store
from components.services.glance.harmful import HARMFUL
from components.services.glance.links import glance_links
from components.services.glance.options import EARLIER_STORE, OPTIONS
from components.services.glance.settings import GlanceSettings
from components.services.glance.single_store import NOT_READ, expected_store
from components.services.in_cloud import InCloud
from components.services.neighbours import DIRECT_SNAPSHOTS, Neighbours
from components.services.notice import Notice
from components.services.on_host import OnHost
from components.services.oslo import OSLO_SECTIONS
from components.services.part import Part
from components.services.release_package import ReleasePackage
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, Where
from components.settings.releases import is_before
from components.settings.values import ListPosition
from providers.models import Expected, ImagePropertiesDesired

LEFT_OUT, FULL_COPIES, ONLY_RAW, PLACES = "glance-left-out", "glance-full-copies", "glance-only-raw", "glance-locations"
EXPERIMENTAL = "glance-multi-store-experimental"


class Glance(Service[GlanceSettings]):
    """One store, which is in `enabled_backends` beside the stores that are there, and is the `default_backend`.

    In each method `mine` are Glance's settings, and `others` is what the other services let Glance know.
    """

    name = "glance"
    component = "Glance"
    description = "Glance on Ceph. Default: left alone."
    settings = GlanceSettings
    daemons = DAEMONS
    options = OPTIONS
    declared_in = "glance-api.conf"
    harmful = HARMFUL
    # What `glance.options` may name, besides the store's own section.
    notice_names = (LEFT_OUT, FULL_COPIES, ONLY_RAW, EXPERIMENTAL, PLACES)
    option_sections = ("DEFAULT", "glance_store", "paste_deploy", "backend_defaults", EARLIER_STORE)
    # What else glance-api.conf has sections for, so that no store may be called so.
    reserved_sections = (
        *OSLO_SECTIONS,
        "os_glance_*",
        "image_conversion",
        "image_format",
        "image_import_opts",
        "import_filtering_opts",
        "inject_metadata_properties",
        "store_type_location_strategy",
        "task",
        "taskflow_executor",
    )
    usual_pool_name = "images"
    release_package = ReleasePackage("python3-glance", zed=25)

    def in_release(self, mine: GlanceSettings, release: str) -> GlanceSettings:
        """Return the settings with a single store where the release has no other, or calls several experimental."""
        is_single = mine.layout is None and is_before(release, "train")
        return mine.model_copy(update={"layout": "single_store"}) if is_single else mine

    def problems(self, mine: GlanceSettings, others: Neighbours, site: Site) -> Iterator[Problem]:
        """Yield that the release knows no store with a section of its own, and stores that cannot be."""
        yield from store_problems(mine)
        if not mine.is_single and site.is_before("rocky"):
            yield Problem(
                (self.name, "layout"),
                f"must not be multi_store: several stores appeared in Rocky, and the cloud runs {site.release}; leave "
                "it out",
            )

    def pools(self, mine: GlanceSettings) -> Sequence[ServicePool]:
        """Return the pool of images."""
        return [ServicePool(where=("pool",), pool=mine.pool)]

    def clusters(self, mine: GlanceSettings) -> Mapping[Where, str]:
        """Return the clusters of further stores."""
        return {("stores", store_id, "cluster"): store.cluster for store_id, store in mine.stores.items()}

    def in_cluster(self, mine: GlanceSettings, cluster: str) -> Part[GlanceSettings] | None:
        """Return the store of a cluster, and a user of the same name on each cluster.

        Servers have their images copied to the store of their own cluster, so Nova learns the store's id.
        """
        if not cluster:
            return Part(mine.model_copy(update={"stores": {}}), shares=_store(mine, mine.backend))
        for store_id, store in mine.stores.items():
            if store.cluster == cluster:  # images of before are in files of the own cluster's part
                update = {"pool": store.pool, "backend": store_id, "stores": {}, "file_store": ""}
                update["user"] = mine.user.elsewhere()
                moved: dict[Where, Where] = {("pool",): ("stores", store_id, "pool")}
                return Part(mine.model_copy(update=update), moved=moved, shares=_store(mine, store_id))
        return None

    def ceph_user(self, mine: GlanceSettings, others: Neighbours) -> CephUser:
        """Return a user that writes images.

        With clone v2 (the cluster's `require-min-compat-client` is mimic or later) Glance has to see the clones of an
        image before it can delete the image (glance bug 1954883, Yoga). So with `clone_v2` the user also reads the
        pools of clones, which is not in Ceph's documentation.
        """
        clones = [*others.volume_pools, *([others.disk_pool] if others.disk_pool else [])] if mine.clone_v2 else []
        breaks = {mine.pool.name: "no image can be stored or read"}
        breaks |= dict.fromkeys(clones, "an image with clones there cannot be deleted (clone v2)")
        return CephUser(mine.user, rbd_caps(write=[mine.pool.name], read=clones), breaks=breaks)

    def min_compat_client(self, mine: GlanceSettings) -> Mapping[str, str]:
        """Return mimic for `clone_v2`: only from there on librbd makes clones of version 2."""
        return {f"{self.name}.clone_v2": "mimic"} if mine.clone_v2 else {}

    def backends(self, mine: GlanceSettings) -> Mapping[str, Where]:
        """Return the stores, which name sections of glance-api.conf, each with the path of its setting.

        A single store has no section of its own.
        """
        further: dict[str, Where] = {store_id: ("stores", store_id) for store_id in mine.stores}
        return {} if mine.is_single else {mine.backend: ("backend",), **further}

    def shown_backends(self, mine: GlanceSettings) -> Mapping[str, Mapping[str, str]]:
        """Return each store's pool, and a further cluster, by the store's id, which an upload names to choose it."""
        further = {
            store_id: {"pool": store.pool.name, "cluster": store.cluster} for store_id, store in mine.stores.items()
        }
        return {section: further.get(section, {"pool": mine.pool.name}) for section in self.backends(mine)}

    def expected(self, mine: GlanceSettings) -> Mapping[str, Mapping[str, Expected]]:
        """Return what glance-api.conf may say where it has no `enabled_backends` yet, so that no image is lost.

        Where the single store stays, glance-api.conf has to be one that Glance reads a single store from.
        """
        if mine.is_single:
            return NOT_READ
        return expected_store(mine) if mine.file_store else {}

    def list_position(self, mine: GlanceSettings) -> ListPosition:
        """Return where items of ours are put in a list, as the settings say."""
        return mine.list_position

    def shares(self, mine: GlanceSettings) -> Neighbours:
        """Let other services know the pool of images, to clone from it."""
        return Neighbours(image_pool=mine.pool.name)

    def notices(self, mine: GlanceSettings | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield when volumes and servers are full copies, and when users may see where images are stored.

        Cinder and Nova clone an image only if Glance tells them where the image lies.

        `mine` is None when Glance is not in the stack.
        """
        if mine is None:
            if others.has_clones and not site.cell:
                yield Notice(
                    "warning",
                    LEFT_OUT,
                    self.name,
                    "without Glance in the stack, Cinder's and Nova's users may not read its pool: disks from images "
                    "are full copies",
                )
            return
        tells_places = mine.show_image_direct_url or others.direct_snapshots
        if others.has_clones and not tells_places:
            yield Notice(
                "info",
                FULL_COPIES,
                f"{self.name}.show_image_direct_url",
                "no image is cloned while this is off: each volume and each server's disk is a full copy of its image "
                "(docs/running-cloud.md)",
            )
        if others.has_clones and tells_places:
            yield Notice(
                "info",
                ONLY_RAW,
                self.name,
                "only raw images are cloned; volumes and servers of any other format (qcow2) are full copies: "
                "`qemu-img convert -O raw` before the upload (docs/running-cloud.md)",
            )
        yield from _experimental(mine, site)
        if tells_places:
            yield Notice(
                "warning",
                PLACES,
                DIRECT_SNAPSHOTS if others.direct_snapshots else f"{self.name}.show_image_direct_url",
                "glance-api tells its users where images lie in the cluster (OSSN-0065, OSSN-0090); keep this "
                "endpoint private, and run a second glance-api without the option for the public",
            )

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return the store on Ceph of a host, or None when Glance has none there."""
        return found_store(there.file)

    def in_cloud(self, mine: GlanceSettings | None, cloud: OpenStack, site: Site) -> Iterator[InCloud]:
        """Yield the properties of images, also without Glance in the stack (`mine` is None).

        The images may be those of a Glance that another stack wires.
        """
        for name, image in cloud.images.items():
            assert site.cloud  # noqa: S101 - `openstack.cloud` is required
            desired = partial(
                ImagePropertiesDesired,
                stack=site.stack,
                fsid=site.fsid,
                cloud=site.cloud,
                image=name,
                properties=image.properties,
                adopt=site.takes_over,
            )
            where = ("openstack", "images", name)
            yield InCloud(kind="image-properties", name=name, where=where, desired=desired)

    def image_store(self, mine: GlanceSettings) -> str:
        """Return the id of the store, under which Glance lists it in `enabled_backends`; a single store has none."""
        return "" if mine.is_single else mine.backend

    def links(self, mine: GlanceSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield the checks of `verify` that ask Glance's API about the store and about where images are stored."""
        return glance_links(mine, others, site)


def _store(mine: GlanceSettings, store_id: str) -> Neighbours:
    """Return the id of a cluster's store, if there are stores on several clusters."""
    return Neighbours(image_store=store_id if mine.stores else None)


def _experimental(mine: GlanceSettings, site: Site) -> Iterator[Notice]:
    """Yield that the release does not vouch for several stores, which the settings ask for."""
    if not mine.is_single and site.is_before("train"):
        yield Notice(
            "warning",
            EXPERIMENTAL,
            "glance.layout",
            f"multi_store is experimental in {site.release}: images of an earlier single store may be out of reach; "
            "leave the setting out to keep one store",
        )


GLANCE = Glance()
