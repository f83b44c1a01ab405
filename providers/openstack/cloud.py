"""What the kinds of things in an OpenStack share: steps for two places, and the look whether it is the same OpenStack."""

from __future__ import annotations

from collections.abc import Sequence

from providers.journal import Entry
from providers.reach.cloud import Cloud, NotTheCloud
from providers.reach.machines import Machines
from providers.reach.steps import CloudCall, Step


def apply(cloud: Cloud, steps: Sequence[Step], machines: Machines, fsid: str) -> None:
    """Do steps of which some go to the cloud and some, the journal's, to the cluster, in their order."""
    for step in steps:
        if isinstance(step, CloudCall):
            cloud.send(step)
        else:
            machines.cluster(fsid).apply([step])


def same_cloud(title: str, where: str, identity: str, entry: Entry | None) -> None:
    """Refuse another OpenStack than the one that was changed: a thing of the same name there is not ours."""
    if entry is not None and entry.record.get("cloud") != identity:
        raise NotTheCloud(
            f"{where}: this is not the OpenStack in which {title} was changed (its identity service or its region is another one); correct"
            " clouds.yaml or ceph-openstack:openstack.region, or take the resource out with `pulumi state delete` if that one is gone for good"
        )
