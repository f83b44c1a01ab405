"""Values in glance-api.conf that do harm with a store on RBD."""

from __future__ import annotations

from components.services.harmful import Harmful

HARMFUL = (
    Harmful(
        "paste_deploy",
        "flavor",
        lambda value: "cach" in value,
        why="glance-api keeps a copy of each image that is read, below /var/lib/glance/image-cache",
        instead="set glance.options.paste_deploy.flavor to keystone",
        source="Ceph's documentation, Block Devices and OpenStack",
    ),
)
