"""Makes a Cinder volume type that selects a back end of a ceph-openstack stack."""

from typing import Any

import pulumi
import pulumi_openstack as openstack

config = pulumi.Config()
wiring = pulumi.StackReference(config.require("wiring"))
back_end = config.get("back_end") or "ceph"


def selected(back_ends: Any) -> str:
    """Return the name by which volume types select the back end."""
    known = back_ends.get("cinder", {})
    if back_end not in known:
        raise pulumi.RunError(f"back_end: {back_end} is none of {wiring.name}; known are {', '.join(known) or 'none'}")
    return str(known[back_end]["volume_backend_name"])


volume_type = openstack.blockstorage.VolumeTypeV3(
    "volume-type",
    name=back_end,
    description="RBD, copy-on-write",
    extra_specs={"volume_backend_name": wiring.require_output("back_ends").apply(selected)},
)
pulumi.export("volume_type", volume_type.name)
