"""The cluster side: the cluster itself, checked, and the pools and users that the stack keeps on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ClusterDesired, PoolDesired, UserDesired
from providers.resources import CephxUser, Cluster, Pool

from .caps import Caps
from .context import Context
from .settings import Pool as PoolSettings
from .settings import User


@dataclass(frozen=True)
class WantedUser:
    """A user with the caps of each of its generations.

    pools -- logical names of the pools that the caps name
    """

    user: User
    caps: Caps
    pools: tuple[str, ...]


class ClusterSide(ComponentResource):
    """`Cluster` first; pools beside each other; each user after the pools that its caps name.

    users -- entity -> the resource that makes it
    """

    def __init__(
        self,
        context: Context,
        *,
        pools: Mapping[str, PoolSettings],
        users: Mapping[str, WantedUser],
        after: Sequence[Resource] = (),
    ) -> None:
        """Declare the pools (by logical name) and the users (by role), all after what `after` says."""
        super().__init__("ceph-openstack:openstack:ClusterSide", "cluster-side")
        self.users: dict[str, Resource] = {}
        stack, fsid, cluster = context.stack, context.fsid, context.settings.cluster

        def depending(*resources: Resource) -> ResourceOptions:
            return ResourceOptions(parent=self, depends_on=list(resources))

        found = ClusterDesired(stack=stack, fsid=fsid, mon_hosts=cluster.mon_hosts)
        checked = Cluster("cluster", found, opts=depending(*after))
        made = {
            label: Pool(
                label,
                PoolDesired(stack=stack, fsid=fsid, application="rbd", **dict(pool)),
                opts=depending(checked),
            )
            for label, pool in pools.items()
        }
        for role, wanted in users.items():
            for generation in wanted.user.generations:
                entity = wanted.user.entity_of(generation)
                self.users[entity] = CephxUser(
                    f"{role}-user{suffix(generation)}",
                    UserDesired(
                        stack=stack,
                        fsid=fsid,
                        entity=entity,
                        caps=dict(wanted.caps),
                        adopt=wanted.user.adopt and generation == 1,
                    ),
                    opts=depending(checked, *(made[pool] for pool in wanted.pools)),
                )
        self.resources: list[Resource] = [checked, *made.values(), *self.users.values()]
        self.register_outputs({})


def suffix(generation: int) -> str:
    """Return what a generation adds to a logical name: nothing for the first, `-g2` for the second."""
    return "" if generation == 1 else f"-g{generation}"
