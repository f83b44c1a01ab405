"""The look whether an OpenStack is the one that was changed."""

from __future__ import annotations

from providers.openstack.owned import OwnedRecord
from providers.reach.cloud import NotTheCloud


def same_cloud(title: str, where: str, identity: str, record: OwnedRecord | None) -> None:
    """Raise NotTheCloud for another OpenStack than the record's, because a thing of the same name there is not ours."""
    if record is not None and record.cloud != identity:
        raise NotTheCloud(
            f"{where}: this is not the OpenStack in which {title} was changed (its identity service or its region is"
            " another one); correct clouds.yaml or ceph-openstack:openstack.region, or take the resource out with"
            " `pulumi state delete` if that one is gone for good"
        )
