"""Cinder: back ends on RBD beside the back ends that are there, in cinder.conf of each volume host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.cinder.daemon import DAEMONS
from components.services.cinder.found import faults_of_backends, found_backends
from components.services.cinder.links import cinder_links
from components.services.cinder.options import OPTIONS
from components.services.cinder.settings import DEFAULT_BACKEND, CinderSettings
from components.services.cinder.volume_types import extra_specs, type_problems
from components.services.found import Found
from components.services.in_cloud import InCloud
from components.services.neighbours import Neighbours
from components.services.on_host import OnHost
from components.services.oslo import OSLO_SECTIONS
from components.services.part import Part
from components.services.release_package import ReleasePackage
from components.services.service import Service
from components.services.service_file import ServiceFile
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, Where
from components.settings.values import ListPosition
from providers.models import Expected, VolumeTypeDesired


class Cinder(Service[CinderSettings]):
    """All back ends are in one file, so a back end that is taken out leaves the file before cinder-volume restarts.

    In each method `mine` are Cinder's settings, and `others` is what the other services let Cinder know.
    """

    name = "cinder"
    component = "Cinder"
    description = "Cinder on Ceph. Default: left alone."
    settings = CinderSettings
    daemons = DAEMONS
    options = OPTIONS
    declared_in = "cinder.conf"
    # What `cinder.options` may name, besides the back ends' own sections.
    option_sections = ("DEFAULT", "backend_defaults", "glance", "nova")
    # What else cinder.conf has sections for, so that no back end may be called so.
    reserved_sections = (
        *OSLO_SECTIONS,
        "backend",
        "brcd_fabric_example",
        "cisco_fabric_example",
        "coordination",
        "fc-zone-manager",
        "sample_castellan_source",
        "sample_remote_file_source",
        "ssl",
    )
    usual_pool_name = "volumes"
    release_package = ReleasePackage("python3-cinder", zed=21)

    def pools(self, mine: CinderSettings) -> Sequence[ServicePool]:
        """Return a pool for each back end."""
        if mine.pool:
            return [ServicePool(where=("pool",), pool=mine.pool)]
        # Without a role the logical name stays when `pool` is rewritten as `backends: {ceph: …}`.
        return [
            ServicePool(
                where=("backends", name, "pool"), pool=backend.pool, role="" if name == DEFAULT_BACKEND else name
            )
            for name, backend in mine.backends.items()
        ]

    def ceph_user(self, mine: CinderSettings, others: Neighbours) -> CephUser:
        """Return a user that writes volumes and clones images.

        Nova may share this user, as in Ceph's documentation. Then the user also writes servers' disks, and with direct
        snapshots the user writes into Glance's pool, too.
        """
        shared = not others.disk_user_is_own
        disks = [others.disk_pool] if shared and others.disk_pool else []
        images = [others.image_pool] if others.image_pool else []
        volumes = [backend.pool.name for backend in mine.all_backends.values()]
        write = [*volumes, *disks]
        breaks = dict.fromkeys(images, "a volume of an image is a full copy, or fails")
        breaks |= dict.fromkeys(disks, "servers' own disks cannot be opened, because Nova shares this user")
        breaks |= dict.fromkeys(volumes, "volumes there can be neither made nor attached")
        if shared and others.direct_snapshots:
            breaks |= dict.fromkeys(images, "Nova's direct snapshots fall back to slow uploads")
            return CephUser(mine.user, rbd_caps(write=write, write_data=images), breaks=breaks)
        return CephUser(mine.user, rbd_caps(write=write, read=images), breaks=breaks)

    def clusters(self, mine: CinderSettings) -> Mapping[Where, str]:
        """Return the clusters of back ends."""
        return {("backends", name, "cluster"): one.cluster for name, one in mine.backends.items() if one.cluster}

    def in_cluster(self, mine: CinderSettings, cluster: str) -> Part[CinderSettings] | None:
        """Return the back ends of a cluster, and a user of the same name on each cluster."""
        backends = {name: backend for name, backend in mine.backends.items() if (backend.cluster or "") == cluster}
        if mine.pool:
            return None if cluster else Part(mine)
        user = mine.user.elsewhere() if cluster else mine.user
        return Part(mine.model_copy(update={"backends": backends, "user": user})) if backends else None

    def backends(self, mine: CinderSettings) -> Mapping[str, Where]:
        """Return the back ends, which name sections of cinder.conf, each with the path of its setting.

        The only back end of a flat file has no section.
        """
        if mine.is_flat:
            return {}
        return {name: ("pool",) if mine.pool else ("backends", name) for name in mine.all_backends}

    def shown_backends(self, mine: CinderSettings) -> Mapping[str, Mapping[str, str]]:
        """Return for each back end the name by which volume types select it, its pool, and a further cluster."""
        return {
            section: {
                "volume_backend_name": mine.backend_name(section),
                "pool": mine.all_backends[section].pool.name,
                **({"cluster": cluster} if (cluster := mine.all_backends[section].cluster) else {}),
            }
            for section in self.backends(mine)
        }

    def worker_count(self, mine: CinderSettings) -> int:
        """Return how many processes of cinder-volume work on the cluster: one for each back end."""
        return len(mine.all_backends)

    def expected(self, mine: CinderSettings) -> Mapping[str, Mapping[str, Expected]] | None:
        """Return what cinder.conf may say where the only back end has no section, because Cinder reads no such one."""
        if not mine.is_flat:
            return None
        otherwise = "Cinder then reads no back end from [DEFAULT]; leave ceph-openstack:cinder.layout at sections"
        return {"DEFAULT": {"enabled_backends": Expected(values=[""], otherwise=otherwise)}}

    def list_position(self, mine: CinderSettings) -> ListPosition:
        """Return where items of ours are put in a list, as the settings say."""
        return mine.list_position

    def shares(self, mine: CinderSettings) -> Neighbours:
        """Let other services know the pools of volumes, and Cinder's user, as whom they attach volumes."""
        pools = tuple(backend.pool.name for backend in mine.all_backends.values())
        return Neighbours(volume_pools=pools, volume_user=mine.user)

    def problems(self, mine: CinderSettings, others: Neighbours, site: Site) -> Iterator[Problem]:
        """Yield that the release does not start a back end without a section."""
        if mine.is_flat and not site.is_before("ocata"):
            yield Problem(
                (self.name, "layout"),
                f"must not be flat: since Ocata no back end starts from [DEFAULT], and the cloud runs {site.release}; "
                "leave it out",
            )

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return the back ends on Ceph of a host, or None when Cinder has none there."""
        return found_backends(there.file)

    def faults(self, file: ServiceFile) -> Iterator[str]:
        """Yield that no back end is enabled."""
        return faults_of_backends(file)

    def in_cloud(self, mine: CinderSettings | None, cloud: OpenStack, site: Site) -> Iterator[InCloud]:
        """Yield the volume types of `openstack.volume_types`."""
        for name, volume_type in cloud.volume_types.items() if mine else ():
            assert mine  # noqa: S101 - without Cinder the loop has no rounds
            assert site.cloud  # noqa: S101 - `openstack.cloud` is required, and there are volume types only in `openstack`
            desired = partial(
                VolumeTypeDesired,
                stack=site.stack,
                fsid=site.fsid,
                cloud=site.cloud,
                name=name,
                description=volume_type.description,
                public=volume_type.public,
                extra_specs=extra_specs(volume_type, mine),
                adopt=site.adopts(volume_type.adopt),
            )
            where = ("openstack", "volume_types", name)
            yield InCloud(kind="volume-type", name=name, where=where, desired=desired)

    def cloud_problems(self, mine: CinderSettings | None, cloud: OpenStack) -> Iterator[Problem]:
        """Yield what is wrong with the volume types."""
        return type_problems(mine, cloud)

    def links(self, mine: CinderSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield the checks of `verify` that ask Cinder's API about the back ends."""
        return cinder_links(mine)


CINDER = Cinder()
