"""Nova: libvirt secrets and the [libvirt] options of each compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.services.api_look import ApiLook
from components.services.caps import rbd_caps
from components.services.ceph_user import CephUser
from components.services.found import Found
from components.services.neighbours import Neighbours
from components.services.notice import Notice
from components.services.nova.checks import nova_problems
from components.services.nova.daemon import DAEMONS
from components.services.nova.found import found_compute
from components.services.nova.harmful import HARMFUL
from components.services.nova.links import nova_links
from components.services.nova.options import OPTIONS
from components.services.nova.settings import NovaSettings
from components.services.on_host import OnHost
from components.services.part import Part
from components.services.release_package import ReleasePackage
from components.services.service import Service
from components.services.service_pool import ServicePool
from components.services.site import Site
from components.settings.problem import Problem, Where
from components.settings.user import SecretUser, User

ATTACHES = "nova-attaches-as-its-own-user"


class Nova(Service[NovaSettings]):
    """Servers' disks are in a pool of Nova's, and volumes are attached from Cinder's pools.

    In each method `mine` are Nova's settings, and `others` is what the other services let Nova know.
    """

    name = "nova"
    component = "Nova"
    description = "Nova on Ceph. Default: left alone."
    settings = NovaSettings
    daemons = DAEMONS
    options = OPTIONS
    declared_in = "nova.conf"
    harmful = HARMFUL
    notice_names = (ATTACHES,)
    option_sections = ("DEFAULT", "libvirt", "glance", "workarounds")  # what `nova.options` may name
    usual_pool_name = "vms"
    release_package = ReleasePackage("python3-nova", zed=26)
    runs_guests = True

    def pools(self, mine: NovaSettings) -> Sequence[ServicePool]:
        """Return the pool of servers' own disks, if the settings have one."""
        return [ServicePool(where=("pool",), pool=mine.pool)] if mine.pool else []

    def clusters(self, mine: NovaSettings) -> Mapping[Where, str]:
        """Return the further clusters that have servers' disks."""
        return {("clusters", name): name for name in mine.clusters}

    def in_cluster(self, mine: NovaSettings, cluster: str) -> Part[NovaSettings]:
        """Return a cluster's computes with disks there; all others attach its volumes and have their disks elsewhere.

        A compute reads the options of one cluster: of the one that has its servers' disks.
        """
        further = mine.clusters.get(cluster)
        pool = further.pool if further else None if cluster else mine.pool
        off = mine.hosts_elsewhere
        here = [host for host in mine.hosts if host not in off] if not cluster else further.hosts if further else []
        update: dict[str, object] = {
            "attach_only": [host for host in mine.hosts if host not in here or host in mine.attach_only],
            "clusters": {},
            "pool": pool,
            "direct_snapshots": mine.direct_snapshots and pool is not None,
        }
        if cluster or pool is None:  # without a pool there, Nova has no user of its own on the cluster
            users = {"user": mine.user, "former_user": mine.former_user}
            update |= {name: user.elsewhere() if user and pool else None for name, user in users.items()}
        moved: dict[Where, Where] = {("pool",): ("clusters", cluster, "pool")} if cluster else {}
        return Part(mine.model_copy(update=update), has_data=pool is not None, conf_hosts=here, moved=moved)

    def ceph_user(self, mine: NovaSettings, others: Neighbours) -> CephUser | None:
        """Return a user of Nova's own; None when Nova shares Cinder's, and always has.

        A former user keeps the caps that it had, because guests run as that user.
        The user writes servers' disks, and reads the images that the disks are cloned from. The user needs no caps on
        Cinder's pools, because since Ocata a volume is attached with the user and the secret that Cinder names. With
        direct snapshots the user also writes into Glance's pool, because with read access Nova makes a full copy.
        No official document gives these caps. They are the caps of Cinder's user, without Cinder's pools.
        """
        if mine.own_user is None or mine.pool is None:
            return None
        setting = "user" if mine.user else "former_user"
        disks, images = [mine.pool.name], [others.image_pool] if others.image_pool else []
        breaks = dict.fromkeys(images, "a server's disk is a full copy of its image, or the server does not start")
        breaks |= dict.fromkeys(disks, "servers' own disks cannot be opened")
        if mine.direct_snapshots:
            breaks |= dict.fromkeys(images, "direct snapshots fall back to slow uploads")
            return CephUser(mine.own_user, rbd_caps(write=disks, write_data=images), setting, breaks)
        return CephUser(mine.own_user, rbd_caps(write=disks, read=images), setting, breaks)

    def keyrings_read(self, mine: NovaSettings, others: Neighbours) -> Sequence[User]:
        """Return the users whose keyrings nova-compute reads.

        nova-compute asks the cluster for free space as Nova's own user. It checks attached volumes as Cinder's user.
        """
        return [user for user in (mine.user, others.volume_user) if user]

    def keyrings_kept(self, mine: NovaSettings, others: Neighbours) -> Sequence[User]:
        """Return the user that Nova had, as which only guests run by now."""
        return [mine.former_user] if mine.former_user else []

    def secret_users(self, mine: NovaSettings, others: Neighbours) -> Sequence[SecretUser]:
        """Return the users whose keys a guest may need: Cinder's for attached volumes, Nova's for its own disks.

        A guest that moves to another host opens its disk there as the user that it was started with.
        """
        return [user for user in (others.volume_user, mine.own_user) if user]

    def guest_options(self, mine: NovaSettings) -> Mapping[str, str]:
        """Return the [client] options of ceph.conf for the Ceph client in each guest's qemu, such as its log file."""
        return mine.client_options

    def guest_rules_file(self, mine: NovaSettings) -> str | None:
        """Return the file of AppArmor with the rules for guests."""
        return mine.apparmor_file

    def hosts_refusing_local_disks(self, mine: NovaSettings) -> Sequence[str]:
        """Return the hosts on which the run stops while a server there has its disks on the host itself.

        These hosts get images_type rbd, and then such a server does not start after a hard reboot. Where images_type is
        left unmanaged, no host gets it.
        """
        left = "[libvirt] images_type" in mine.unmanaged_options
        return mine.rbd_hosts if mine.local_disks == "refuse" and not left else ()

    def shares(self, mine: NovaSettings) -> Neighbours:
        """Let other services know the pool of servers' disks, and whether Nova's own user opens these disks."""
        return Neighbours(
            disk_pool=mine.pool.name if mine.pool else None,
            disk_user_is_own=mine.user is not None,
            direct_snapshots=mine.direct_snapshots,
        )

    def problems(self, mine: NovaSettings, others: Neighbours, site: Site) -> Iterator[Problem]:
        """Yield the settings that do not fit together, or do not fit Cinder's."""
        return nova_problems(mine, others, site)

    def notices(self, mine: NovaSettings | None, others: Neighbours, site: Site) -> Iterator[Notice]:
        """Yield that Nova's own user needs Cinder's pools, because before Ocata it attaches volumes as its own user."""
        left_out = [pool for pool in others.volume_pools if mine and mine.user and pool not in mine.user.keep_pools]
        if left_out and site.is_before("ocata"):
            yield Notice(
                "warning",
                ATTACHES,
                f"{self.name}.user",
                f"{site.release} attaches volumes as this user, which may not open them; add {', '.join(left_out)} to "
                "its keep_pools",
            )

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return what a compute does with Ceph, or None when it has nothing to do with Ceph."""
        return found_compute(there, others)

    def links(self, mine: NovaSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
        """Yield the checks of `verify` that ask Nova's API about the computes."""
        return nova_links(mine)


NOVA = Nova()
