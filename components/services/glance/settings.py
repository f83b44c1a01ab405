"""What stands under `ceph-openstack:glance`."""

from __future__ import annotations

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User
from components.settings.values import BackendName, PathOrNone


class GlanceSettings(ServiceSettings):
    """glance-api and its image pool."""

    pool: Pool = Field(description="Pool for images.")
    user: User = Field(User(name="glance"), description="Its cephx user. Default {name: glance}.")
    backend: BackendName = Field(
        "rbd",
        description="Store id in enabled_backends and its section. Default rbd.",
    )
    file_store: PathOrNone = Field(
        "/var/lib/glance/images",
        description="Folder of images from when Glance had a single store: where it has no enabled_backends yet, a "
        "file store on this folder keeps them within reach. none: there are none to keep. Default "
        "/var/lib/glance/images.",
    )
    show_image_direct_url: bool = Field(
        False,
        description="Show where images lie, for copy-on-write clones; only on a private endpoint. Default false.",
    )
    clone_v2: bool = Field(
        False, description="Let Glance read Cinder's and Nova's pools; needed with clone v2. Default false."
    )
