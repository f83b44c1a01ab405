"""Nova: libvirt secrets and the [libvirt] options of each compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.neighbours import Neighbours
from components.services.nova.checks import nova_problems
from components.services.nova.daemon import DAEMONS
from components.services.nova.links import nova_links
from components.services.nova.options import OPTIONS
from components.services.nova.settings import NovaSettings
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.problem import Problem
from components.settings.user import SecretUser, User


class Nova(Service[NovaSettings]):
    """Servers' disks in a pool, and volumes attached from the pools of others."""

    name = "nova"
    token = "Nova"
    description = "Nova on Ceph. Default: left alone."
    settings = NovaSettings
    daemons = DAEMONS
    options = OPTIONS
    sections = ("DEFAULT", "libvirt", "glance", "workarounds")
    usual_pool = "vms"

    def pools(self, mine: NovaSettings) -> Sequence[ServicePool]:
        """Return the pool of servers' own disks, if they have one."""
        return [ServicePool(("pool",), mine.pool)] if mine.pool else []

    def ceph_user(self, mine: NovaSettings, others: Neighbours) -> CephUser | None:
        """Return a user of Nova's own; None when Nova shares Cinder's.

        It writes servers' disks, and reads the images that they are cloned from. It needs nothing on Cinder's pools:
        since Ocata a volume is attached with the user and secret that Cinder names. No official document gives these
        caps; they are Cinder's without its pools. Direct snapshots write into Glance's pool; with read access only Nova
        falls back to a full copy.
        """
        if mine.user is None or mine.pool is None:
            return None
        images = [others.image_pool] if others.image_pool else []
        if mine.direct_snapshots:
            return CephUser(mine.user, rbd_caps([mine.pool.name], write_data=images))
        return CephUser(mine.user, rbd_caps([mine.pool.name], images))

    def keyrings_read(self, mine: NovaSettings, others: Neighbours) -> Sequence[User]:
        """Return its own user, which asks the cluster, and that of volumes, which checks those."""
        return [user for user in (mine.user, others.volume_user) if user]

    def secret_users(self, mine: NovaSettings, others: Neighbours) -> Sequence[SecretUser]:
        """Return whose key a guest may need: that of attached volumes, which Cinder names itself, and Nova's."""
        return [user for user in (others.volume_user, mine.user) if user]

    def guest_options(self, mine: NovaSettings) -> Mapping[str, str]:
        """Return what guests' clients are to do, such as admin sockets and logs."""
        return mine.client_options

    def refuses_local_disks(self, mine: NovaSettings) -> Sequence[str]:
        """Return the hosts that get images_type rbd: a server with local disks would not start there again."""
        return mine.rbd_hosts if mine.local_disks == "refuse" else ()

    def shares(self, mine: NovaSettings) -> Neighbours:
        """Let others know where servers' disks are, and who opens them."""
        return Neighbours(
            disk_pool=mine.pool.name if mine.pool else None,
            disk_user_is_own=mine.user is not None,
            direct_snapshots=mine.direct_snapshots,
        )

    def problems(self, mine: NovaSettings, others: Neighbours) -> Iterator[Problem]:
        """Yield what does not fit together, also with Cinder."""
        return nova_problems(mine, others)

    def links(self, mine: NovaSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield its computes, as Nova sees them."""
        return nova_links(mine)


NOVA = Nova()
