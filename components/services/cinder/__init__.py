"""Cinder: back ends on RBD beside the back ends that are there, in cinder.conf of each volume host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.cinder.daemon import DAEMONS
from components.services.cinder.links import cinder_links
from components.services.cinder.options import OPTIONS
from components.services.cinder.settings import FIRST, CinderSettings
from components.services.cinder.volume_types import extra_specs, type_problems
from components.services.in_cloud import InCloud
from components.services.neighbours import Neighbours
from components.services.oslo import OSLO_SECTIONS
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.openstack import OpenStack
from components.settings.problem import Problem, Where
from providers.models import VolumeTypeDesired


class Cinder(Service[CinderSettings]):
    """Every back end in one file: one that is taken out goes before the restart."""

    name = "cinder"
    token = "Cinder"
    description = "Cinder on Ceph. Default: left alone."
    settings = CinderSettings
    daemons = DAEMONS
    options = OPTIONS
    sections = ("DEFAULT", "backend_defaults", "glance", "nova")
    reserved = (
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
    usual_pool = "volumes"

    def pools(self, mine: CinderSettings) -> Sequence[ServicePool]:
        """Return a pool for each back end."""
        if mine.pool:
            return [ServicePool(("pool",), mine.pool)]
        return [
            ServicePool(("backends", name, "pool"), backend.pool, role="" if name == FIRST else name)
            for name, backend in mine.backends.items()
        ]

    def ceph_user(self, mine: CinderSettings, others: Neighbours) -> CephUser:
        """Return a user that writes volumes and clones images.

        Nova may share this user, as Ceph's documentation has it; then it writes servers' disks, too, and with direct
        snapshots images.
        """
        shared = not others.disk_user_is_own
        disks = [others.disk_pool] if shared and others.disk_pool else []
        images = [others.image_pool] if others.image_pool else []
        write = [*(backend.pool.name for backend in mine.all_backends.values()), *disks]
        if shared and others.direct_snapshots:
            return CephUser(mine.user, rbd_caps(write, write_data=images))
        return CephUser(mine.user, rbd_caps(write, images))

    def backends(self, mine: CinderSettings) -> Mapping[str, Where]:
        """Return the back ends."""
        return {name: ("pool",) if mine.pool else ("backends", name) for name in mine.all_backends}

    def workers(self, mine: CinderSettings) -> int:
        """Return one for each back end."""
        return len(mine.all_backends)

    def shares(self, mine: CinderSettings) -> Neighbours:
        """Let others read volumes, and attach them as Cinder's user."""
        pools = tuple(backend.pool.name for backend in mine.all_backends.values())
        return Neighbours(volume_pools=pools, volume_user=mine.user)

    def in_cloud(self, mine: CinderSettings | None, cloud: OpenStack, site: Site) -> Iterator[InCloud]:
        """Yield the volume types."""
        for name, kind in cloud.volume_types.items() if mine else ():
            assert mine  # noqa: S101
            assert site.cloud  # noqa: S101 - `openstack` names it
            desired = partial(
                VolumeTypeDesired,
                stack=site.stack,
                fsid=site.fsid,
                cloud=site.cloud,
                name=name,
                description=kind.description,
                public=kind.public,
                extra_specs=extra_specs(kind, mine),
                adopt=kind.adopt,
            )
            yield InCloud("volume-type", name, ("openstack", "volume_types", name), desired)

    def cloud_problems(self, mine: CinderSettings | None, cloud: OpenStack) -> Iterator[Problem]:
        """Yield what is wrong with the volume types."""
        return type_problems(mine, cloud)

    def links(self, mine: CinderSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield its back ends, as Cinder sees them."""
        return cinder_links(mine)


CINDER = Cinder()
