"""What an operator writes under `ceph-openstack:glance`."""

from __future__ import annotations

from pydantic import Field

from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User
from components.settings.values import BackendName, PathOrNone


class GlanceSettings(ServiceSettings):
    """glance-api, and the pool for images.

    The base class adds `hosts`, on which glance-api runs, and `options`, further options of glance-api.conf.
    """

    pool: Pool = Field(description="Pool for images.")
    user: User = Field(User(name="glance"), description="Glance's cephx user. Default {name: glance}.")
    backend: BackendName = Field(
        "rbd",
        description="Id of the store in enabled_backends, and name of its section. Default rbd.",
    )
    file_store: PathOrNone = Field(
        "/var/lib/glance/images",
        description="Folder that holds images uploaded before this stack. If glance-api.conf has no enabled_backends "
        "yet, a file store on this folder is added so that those images stay readable. none if there are no such "
        "images. Default /var/lib/glance/images.",
    )
    show_image_direct_url: bool = Field(
        False,
        description="Let glance-api show where images are stored, which Cinder and Nova need for copy-on-write clones. "
        "Use it only on a private endpoint. Default false.",
    )
    clone_v2: bool = Field(
        False,
        description="Let Glance's user read Cinder's and Nova's pools, which Glance needs to delete images when the "
        "cluster uses clone v2. Default false.",
    )
