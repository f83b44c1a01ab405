"""The cluster itself: its fsid, monitors and release, verified against the live cluster and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import override

from providers.errors import Refused
from providers.formats.keyed import FROM_KEYS, TO_KEYS, as_keys
from providers.formats.mon_host import MonHosts, strangers
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.plan import Step
from providers.reach.machines import Machines
from providers.undo import Undo

# Monitors answer in the form that this program reads since Nautilus.
TOO_OLD = ("jewel", "kraken", "luminous", "mimic")


class ClusterDesired(OnCluster):
    """What the settings say of the cluster."""

    mon_hosts: Annotated[MonHosts, FROM_KEYS, TO_KEYS] = Field(
        min_length=1, description="Monitors as in `mon host`, such as `[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]`."
    )


@dataclass(frozen=True)
class ClusterObserved:
    """What the monitors say of the cluster.

    Attributes:
        where: The admin host as messages name it.
        fsid: The cluster's fsid.
        addresses: The monitors' addresses, such as `v2:192.0.2.1:3300`.
        release: The oldest monitors' release, such as `pacific`.
    """

    where: str
    fsid: str
    addresses: list[str]
    release: str


class ClusterKind(KindOnCluster[ClusterDesired, ClusterObserved]):
    """The cluster itself. A plan has no steps: the cluster is the right one, or the run is refused."""

    noun = "cluster"
    desired = ClusterDesired
    fixed = {"fsid": "a stack stays on its cluster; use another stack for another cluster"}
    lifecycle = Lifecycle(
        create="Refuses a cluster of another fsid, monitors that are not its own, and a release before Nautilus."
        " Changes nothing.",
        read="Asks the monitors for their map.",
        update="As create.",
        delete="Does nothing.",
        drift={
            "fsid": "nothing, because an admin host of another cluster is not asked any further",
            "mon_hosts": "those that are monitors of the cluster",
        },
    )

    @override
    def title(self, desired: ClusterDesired) -> str:
        return f"cluster {desired.fsid}"

    @override
    def read(self, desired: ClusterDesired, machines: Machines) -> ClusterObserved:
        cluster = machines.cluster(desired.fsid)
        monitors = cluster.monitors()
        return ClusterObserved(
            where=cluster.host().access.where,
            fsid=monitors.fsid,
            addresses=[
                f"{address.type}:{address.addr}"
                for monitor in monitors.mons
                for address in monitor.public_addrs.addrvec
            ],
            release=monitors.min_mon_release_name,
        )

    @override
    def plan(self, desired: ClusterDesired, observed: ClusterObserved) -> list[Step]:
        unknown = strangers(desired.mon_hosts, observed.addresses)
        if unknown:
            raise Refused(
                f"{observed.where}: cluster.mon_hosts names {', '.join(unknown)}, which is no monitor of this cluster;"
                f" its monitors are {', '.join(observed.addresses)}; correct the settings"
            )
        if observed.release in TOO_OLD:
            raise Refused(
                f"{observed.where}: the cluster's oldest monitors are of release {observed.release}, and Nautilus is"
                " the first that this program knows; upgrade the cluster, then run again"
            )
        return []

    @override
    def undo(self, desired: ClusterDesired, observed: ClusterObserved) -> Undo:
        return Undo([])

    @override
    def actual(self, desired: ClusterDesired, observed: ClusterObserved) -> dict[str, Any]:
        known = [host for host in desired.mon_hosts if not strangers([host], observed.addresses)]
        return {"fsid": observed.fsid, "mon_hosts": as_keys(known)}

    @override
    def upgraded(self, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
        """Return `mon_hosts` as a map. The state of an earlier version has a list."""
        hosts = inputs.get("mon_hosts")
        return {**inputs, "mon_hosts": as_keys(hosts)} if isinstance(hosts, list) else inputs
